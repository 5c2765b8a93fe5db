export { Legend } from './Legend';
export { LegendLine } from './LegendLine';
