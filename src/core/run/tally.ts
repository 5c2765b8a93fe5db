import { canBeTold } from '../clock';
import { COMMITTED_VERDICTS, type RoundEvent, type RunEvent, type RunToken, type StartEvent } from '../types';

/** The counts of a run so far. Ratios are null while their denominator is zero. */
export interface Tally {
  readonly rounds: number;
  /** Of the target: one a round, or one a token where plain tokens were read back together. */
  readonly passes: number;
  /** Of these, of plain tokens that were computed past the end of the answer, and dropped. */
  readonly passesPastEnd: number;
  /** accepted + rejected + discarded. */
  readonly drafted: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Drafted after a rejection, so never judged. */
  readonly discarded: number;
  /** Drafted after the token that ended the answer: no verdict was possible, so no other count has them. */
  readonly pastEnd: number;
  readonly committed: number;
  readonly readbacks: number;
  /** Conditional acceptance rate α: accepted over judged drafts (accepted and rejected). */
  readonly acceptanceRate: number | null;
  /** accepted/drafted, the plain ratio; discarded drafts count against it, those past the end do not. */
  readonly acceptedOverDrafted: number | null;
  /** Committed tokens per pass of the target, bonus included; passes past the end count for nothing, as drafts do there. */
  readonly meanAcceptanceLength: number | null;
  /** Decoding alone: of the tokens after the first round, which sees the prompt; null if a person drafts, whose time means nothing, and where the run's clock is too coarse to tell. */
  readonly tokensPerSecond: number | null;
  /** Whether there are such tokens, and the steps of the run's clock are too long compared with their time. */
  readonly tooCoarse: boolean;
  /** The whole wait: from the start of the run to the end of its last round, prompt included, without what was waited for a person. */
  readonly waitMs: number;
  /** Of all tokens over the whole wait; null if a person drafts, and where the clock is too coarse to tell. */
  readonly waitTokensPerSecond: number | null;
  /** Until the end of the first round. */
  readonly timeToFirstTokenMs: number | null;
  /** From then to the end of the last round, without what was waited for a person. */
  readonly decodeMs: number;
  /** How long a person was waited for; null if none drafts. */
  readonly waitedMs: number | null;
}

/** The event that begins a run; null before it. */
export function startOf(events: readonly RunEvent[]): StartEvent | null {
  const [start] = events;
  return start?.type === 'start' ? start : null;
}

/** The smallest step of the clock of a run's times, in milliseconds; 0 if nobody looked, as in older recordings. */
function clockStepOf(events: readonly RunEvent[]): number {
  return startOf(events)?.clockStepMs ?? 0;
}

/** Whether `round` ended the answer with a draft: its drafts after that are discarded without a rejection before them. */
export function endsInDraft({ tokens }: RoundEvent): boolean {
  return (
    tokens.some(({ verdict }) => verdict === 'discarded') &&
    tokens.every(({ verdict }) => verdict === 'accepted' || verdict === 'discarded')
  );
}

/** How many drafts of `round` stand past the end of the answer. */
export function pastEndOf(round: RoundEvent): number {
  return endsInDraft(round) ? round.tokens.filter(({ verdict }) => verdict === 'discarded').length : 0;
}

/** Counts `events` of one run, in order; a prefix of a run gives its state at that moment. */
export function tally(events: readonly RunEvent[]): Tally {
  const counts = { accepted: 0, rejected: 0, discarded: 0, corrected: 0, bonus: 0, plain: 0 };
  let rounds = 0;
  let passes = 0;
  let passesPastEnd = 0;
  let readbacks = 0;
  let pastEnd = 0;
  let firstMs: number | null = null;
  let first = 0;
  let lastMs: number | null = null;
  let waitedMs: number | null = null;
  for (const event of events) {
    if (event.type !== 'round') continue;
    rounds++;
    passes += event.passes ?? 1;
    if (event.source === null) passesPastEnd += Math.max(0, (event.passes ?? 1) - event.tokens.length);
    readbacks += event.readbacks;
    pastEnd += pastEndOf(event);
    lastMs = event.endMs;
    if (event.waitedMs !== undefined) waitedMs = (waitedMs ?? 0) + event.waitedMs;
    for (const token of event.tokens) counts[token.verdict]++;
    if (firstMs !== null) continue;
    firstMs = event.endMs;
    first = counts.accepted + counts.corrected + counts.bonus + counts.plain;
  }
  const { accepted, rejected } = counts;
  const discarded = counts.discarded - pastEnd;
  const committed = accepted + counts.corrected + counts.bonus + counts.plain;
  const drafted = accepted + rejected + discarded;
  const decodeMs = lastMs === null ? 0 : lastMs - (firstMs ?? 0);
  const waitMs = lastMs ?? 0;
  const step = clockStepOf(events);
  const tooCoarse = committed > first && !canBeTold(decodeMs, step);
  return {
    rounds,
    passes,
    passesPastEnd,
    drafted,
    accepted,
    rejected,
    discarded,
    pastEnd,
    committed,
    readbacks,
    acceptanceRate: ratio(accepted, accepted + rejected),
    acceptedOverDrafted: ratio(accepted, drafted),
    meanAcceptanceLength: ratio(committed, passes - passesPastEnd),
    tokensPerSecond: waitedMs === null && !tooCoarse ? ratio((committed - first) * 1000, decodeMs) : null,
    tooCoarse: tooCoarse && waitedMs === null,
    waitMs,
    waitTokensPerSecond: waitedMs === null && canBeTold(waitMs, step) ? ratio(committed * 1000, waitMs) : null,
    timeToFirstTokenMs: firstMs,
    decodeMs,
    waitedMs,
  };
}

/** The tokens of `events` that are part of the output, in order. */
export function committedTokens(events: readonly RunEvent[]): RunToken[] {
  return events.flatMap((event) => (event.type === 'round' ? event.tokens.filter((token) => COMMITTED_VERDICTS.has(token.verdict)) : []));
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}
