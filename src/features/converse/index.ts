export { Converse } from './Converse';
