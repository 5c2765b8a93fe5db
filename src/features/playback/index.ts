export { DraftLane } from './DraftLane';
export { Playback } from './Playback';
export { TimelineKey } from './Timeline';
