export { LivePart, WorkLine } from './LivePart';
export { LiveOutput, useOutput } from './output';
export { CONTEXT, useCosts } from './useCosts';
