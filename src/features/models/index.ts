export { Models } from './Models';
export { ModelsDialog } from './ModelsDialog';
