export { ExampleNote } from './ExampleNote';
export { RecordingNote } from './RecordingNote';
