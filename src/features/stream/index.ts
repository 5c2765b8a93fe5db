export { CopyButton } from './CopyButton';
export { RunStatus } from './RunStatus';
export { Stream } from './Stream';
