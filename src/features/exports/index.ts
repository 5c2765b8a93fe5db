export { ExportRun } from './ExportRun';
