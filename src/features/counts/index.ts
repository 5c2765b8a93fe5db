export { Counterpart } from './Counterpart';
export { Counts } from './Counts';
