export { Lane } from './Lane';
export { Playback } from './Playback';
