import type { Failure } from '../failure';

/** What an acceptance says in a word. */
export type AcceptanceBand = 'nearly-all' | 'most' | 'half' | 'few';

/** @param share in [0, 1] */
export function acceptanceBand(share: number): AcceptanceBand {
  if (share >= 0.85) return 'nearly-all';
  if (share >= 0.6) return 'most';
  return share >= 0.4 ? 'half' : 'few';
}

/** The counts of an experiment as a person has typed them, each as its text; an empty one was not counted. */
export interface TypedCounts {
  readonly drafted: string;
  readonly accepted: string;
  readonly rejected: string;
  /** Latency of the same work, in any unit. */
  readonly plainTime: string;
  readonly speculativeTime: string;
}

/** What typed counts come to. */
export interface TypedFigures {
  readonly drafted: number;
  readonly accepted: number;
  /** The plain ratio. */
  readonly acceptedOverDrafted: number;
  /** α, of judged drafts; null if rejected ones were not counted. */
  readonly acceptanceRate: number | null;
  /** Neither accepted nor rejected; null if rejected ones were not counted. */
  readonly discarded: number | null;
  readonly speedup: number | null;
}

export type TypedField = keyof TypedCounts;

export type TypedResult =
  | { readonly figures: TypedFigures; readonly problems: readonly [] }
  | { readonly figures: null; readonly problems: readonly { readonly field: TypedField; readonly failure: Failure }[] };

/** What `typed` comes to, or what is impossible about it; neither while drafted and accepted are not both there. */
export function readTypedCounts(typed: TypedCounts): TypedResult {
  const problems: { field: TypedField; failure: Failure }[] = [];
  const refuse = (field: TypedField, message: string, hint: string) => {
    if (!problems.some((problem) => problem.field === field)) problems.push({ field, failure: { code: 'invalid-setting', message, hint } });
  };
  const read = (field: TypedField, name: string, whole: boolean): number | null => {
    const text = typed[field].trim();
    if (text === '') return null;
    // Digits may be grouped as 1,000, 1 000 or 1'000.
    const value = /^-?\d{1,3}([,\s'’]\d{3})+(\.\d+)?$/.test(text) ? Number(text.replace(/[,\s'’]/g, '')) : Number(text);
    if (!Number.isFinite(value)) refuse(field, `${name}: “${text.slice(0, 20)}” is not a number.`, 'Write it in digits.');
    else if (value < 0) refuse(field, `${name}: ${text} is below zero.`, 'Nothing can be counted less than not at all.');
    else if (whole && !Number.isInteger(value)) refuse(field, `${name}: ${text} is not whole.`, 'Tokens are counted one by one.');
    else if (!Number.isSafeInteger(Math.ceil(value)))
      refuse(field, `${name}: ${text} is too large to be counted exactly.`, 'Write a smaller number.');
    else return value;
    return null;
  };
  const drafted = read('drafted', 'Drafted', true);
  const accepted = read('accepted', 'Accepted', true);
  const rejected = read('rejected', 'Rejected', true);
  const plainTime = read('plainTime', 'Time with plain decoding', false);
  const speculativeTime = read('speculativeTime', 'Time with speculation', false);
  if (drafted === 0) refuse('drafted', 'Nothing was drafted.', 'Without a draft there is no acceptance rate.');
  if (drafted !== null && accepted !== null && accepted > drafted)
    refuse('accepted', `${accepted} accepted of ${drafted} drafted cannot be.`, 'Only what was drafted can be accepted.');
  if (drafted !== null && accepted !== null && rejected !== null && accepted <= drafted && accepted + rejected > drafted)
    refuse(
      'rejected',
      `${accepted} accepted and ${rejected} rejected are more than ${drafted} drafted.`,
      'What is drafted is accepted, rejected, or discarded unread.',
    );
  if (speculativeTime === 0) refuse('speculativeTime', 'Nothing takes no time.', 'Write how long the speculative runs took.');
  if (plainTime === 0) refuse('plainTime', 'Nothing takes no time.', 'Write how long the plain runs took.');
  if (problems.length > 0 || drafted === null || accepted === null) return { figures: null, problems };
  return {
    figures: {
      ...{ drafted, accepted, acceptedOverDrafted: accepted / drafted },
      acceptanceRate: rejected === null || accepted + rejected === 0 ? null : accepted / (accepted + rejected),
      discarded: rejected === null ? null : drafted - accepted - rejected,
      speedup: plainTime !== null && speculativeTime !== null ? plainTime / speculativeTime : null,
    },
    problems: [],
  };
}
