export { ModelsDialog } from './ModelsDialog';
