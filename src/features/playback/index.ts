export { Lane } from './Lane';
export { Playback } from './Playback';
export { TimelineKey } from './Timeline';
