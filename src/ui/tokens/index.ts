export { Rounds } from './Rounds';
export { TokenLog } from './TokenLog';
export { isWrittenInCode } from './typeface';
