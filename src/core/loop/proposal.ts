import type { DraftSource, Proposal, TokenId } from '../types';

/** `ids` as drafts, each with probability 1. */
export function proposalOf(source: DraftSource, ids: readonly TokenId[]): Proposal {
  return { kind: 'ids', source, length: ids.length, ids };
}
