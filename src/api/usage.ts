import { canBeTold } from '../core/clock';
import { startOf, tally } from '../core/run/tally';
import type { EndEvent, RoundEvent, RunEvent } from '../core/types';
import type { AnswerRun } from './answers';
import type { Usage, UsageExtra } from './shapes';

/** How a run ended; one without an end was stopped. */
export function endOf(events: readonly RunEvent[]): EndEvent {
  const end = events.at(-1);
  return end?.type === 'end' ? end : { type: 'end', reason: 'aborted', endMs: 0 };
}

/** Tokens of the answer, without the stop token that ended it. */
export function completionTokensOf(events: readonly RunEvent[]): number {
  const end = endOf(events);
  return tally(events).committed - (end.reason === 'stop' && end.stopString === null ? 1 : 0);
}

/** Of all `runs` of a request together. @param latencyMs from the request to its answer */
export function usageOf(runs: readonly AnswerRun[], latencyMs: number): Usage {
  const counts = runs.map(({ events }) => tally(events));
  const sum = (of: (count: (typeof counts)[number]) => number) => counts.reduce((total, each) => total + of(each), 0);
  const prompt = promptsOf(runs);
  const completion = runs.reduce((total, { events }) => total + completionTokensOf(events), 0);
  const [drafted, accepted] = [sum((each) => each.drafted), sum((each) => each.accepted)];
  const rounds = runs.flatMap(roundsOf);
  const passes = sum((each) => each.passes);
  const because = runs.find(({ plainBecause }) => plainBecause !== null)?.plainBecause;
  return {
    prompt_tokens: prompt.tokens,
    completion_tokens: completion,
    total_tokens: prompt.tokens + completion,
    prompt_tokens_details: { cached_tokens: prompt.cached },
    completion_tokens_details: { accepted_prediction_tokens: accepted, rejected_prediction_tokens: drafted - accepted },
    extra: {
      e2e_latency_s: latencyMs / 1000,
      ...speeds(runs),
      num_drafts: rounds.filter(({ source }) => source !== null).length,
      num_draft_tokens: drafted,
      num_accepted_tokens: accepted,
      num_accepted_tokens_per_pos: acceptedByPosition(rounds),
      rounds: rounds.length,
      target_passes: passes,
      mean_acceptance_length: ratio(
        sum(({ committed }) => committed),
        passes - sum(({ passesPastEnd }) => passesPastEnd),
      ),
      ...(because ? { plain_because: because } : {}),
    },
  };
}

/** Tokens of the prompts, each counted once, and those of them that were in the cache already. */
function promptsOf(runs: readonly AnswerRun[]) {
  const first = [...new Map([...runs].reverse().map((run) => [run.prompt, run])).values()];
  return {
    tokens: first.reduce((total, { events }) => total + (startOf(events)?.promptIds.length ?? 0), 0),
    cached: first.reduce((total, { events }) => total + reusedBy(events), 0),
  };
}

type Speeds = Pick<UsageExtra, 'prefill_tokens_per_s' | 'decode_tokens_per_s' | 'time_to_first_token_s' | 'time_per_output_token_s'>;

/** How many tokens `events` of one run prefilled and decoded, and in how many milliseconds, as web-llm counts: the first round is the prompt's, the others decode. */
export function timesOf(events: readonly RunEvent[]): Times | null {
  const { timeToFirstTokenMs, decodeMs, committed } = tally(events);
  if (timeToFirstTokenMs === null) return null;
  const prefilled = (startOf(events)?.promptIds.length ?? 0) - reusedBy(events);
  return { prefilled, firstMs: timeToFirstTokenMs, decoded: committed - 1, decodeMs };
}

interface Times {
  readonly prefilled: number;
  /** To the end of the first round. */
  readonly firstMs: number;
  readonly decoded: number;
  readonly decodeMs: number;
}

/** Of all `runs` together. */
function speeds(runs: readonly AnswerRun[]): Speeds {
  const total = { prefilled: 0, firstMs: 0, decoded: 0, decodeMs: 0 };
  let stepMs = 0;
  for (const run of runs) {
    const times = timesOf(run.events);
    if (!times) continue;
    total.prefilled += times.prefilled;
    total.firstMs += times.firstMs;
    total.decoded += times.decoded;
    total.decodeMs += times.decodeMs;
    stepMs = Math.max(stepMs, startOf(run.events)?.clockStepMs ?? 0);
  }
  const decodeMs = canBeTold(total.decodeMs, stepMs) ? total.decodeMs : 0;
  return {
    prefill_tokens_per_s: ratio(total.prefilled * 1000, total.firstMs),
    decode_tokens_per_s: ratio(total.decoded * 1000, decodeMs),
    time_to_first_token_s: total.firstMs / 1000,
    time_per_output_token_s: ratio(decodeMs / 1000, total.decoded),
  };
}

/** Tokens of the prompt that were in the target's cache. */
function reusedBy(events: readonly RunEvent[]): number {
  return events.reduce((reused, event) => (event.type === 'prefill' ? event.reused : reused), 0);
}

function roundsOf({ events }: AnswerRun): RoundEvent[] {
  return events.filter((event): event is RoundEvent => event.type === 'round');
}

function acceptedByPosition(rounds: readonly RoundEvent[]): number[] {
  const counts: number[] = [];
  for (const { tokens } of rounds) {
    for (const [position, { verdict }] of tokens.entries()) if (verdict === 'accepted') counts[position] = (counts[position] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : 0;
}
