export { Claims } from './Claims';
