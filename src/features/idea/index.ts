export { Idea } from './Idea';
