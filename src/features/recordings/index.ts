export { ExampleNote } from './ExampleNote';
export { RecordingNote } from './RecordingNote';
export { RecordingsDialog } from './RecordingsDialog';
