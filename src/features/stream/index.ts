export { OutputBar } from './OutputBar';
export { Stream } from './Stream';
