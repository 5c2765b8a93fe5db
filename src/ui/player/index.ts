export { PaceChoice } from './PaceChoice';
export { PlayButton } from './PlayButton';
export { Scrubber } from './Scrubber';
