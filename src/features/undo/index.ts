export { UndoNotice } from './UndoNotice';
