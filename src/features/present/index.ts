export { PlaylistEditor } from './PlaylistEditor';
export { PresenterBar } from './PresenterBar';
export { Stage } from './Stage';
