export { Race } from './Race';
