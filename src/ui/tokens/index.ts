export { CandidateBars } from './CandidateBars';
export { PastEnd } from './PastEnd';
export { Rounds } from './Rounds';
export { TokenLog } from './TokenLog';
export { isWrittenInCode } from './typeface';
export { useFollowEnd } from './useFollowEnd';
