export { RecordingNote } from './RecordingNote';
