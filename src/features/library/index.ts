export { LibraryDialog } from './LibraryDialog';
