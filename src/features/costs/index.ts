export { Costs } from './Costs';
export { costRows } from './costRows';
