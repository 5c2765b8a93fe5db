export { BehindEnd } from './BehindEnd';
export { CandidateBars } from './CandidateBars';
export { Rounds } from './Rounds';
export { TokenLog } from './TokenLog';
export { isWrittenInCode } from './typeface';
export { useFollowEnd } from './useFollowEnd';
