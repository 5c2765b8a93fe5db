export { Counts } from './Counts';
