export { ExampleNote } from './ExampleNote';
export { RecordingNote } from './RecordingNote';
export { LibraryDialog } from './RecordingsDialog';
