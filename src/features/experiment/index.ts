export { Experiment } from './Experiment';
