export { Measure } from './Measure';
