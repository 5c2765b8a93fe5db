export { Palette } from './Palette';
export { Shortcuts } from './Shortcuts';
