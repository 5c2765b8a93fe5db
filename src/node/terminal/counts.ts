/** What runs came to, in words. */

import { completionTokensOf, endOf } from '../../api/usage';
import { outputText } from '../../core/loop/text';
import { median } from '../../core/median';
import { compareRuns } from '../../core/run/comparison';
import { deviceOf } from '../../core/run/device';
import { committedTokens, startOf, tally } from '../../core/run/tally';
import type { RunEvent, RunSettings } from '../../core/types';

type Events = readonly RunEvent[];

/** "48 tokens in 1.20 s, 40.0 a second after the first; 12 target passes of 4.00 tokens on average. …" */
export function countsInWords(events: Events): string {
  const { passes, drafted, accepted, rejected, discarded, pastEnd, waitMs, tokensPerSecond, meanAcceptanceLength } = tally(events);
  const speed = tokensPerSecond === null ? '' : `, ${tokensPerSecond.toFixed(1)} a second after the first`;
  const first = `${howMany(completionTokensOf(events), 'token')} in ${(waitMs / 1000).toFixed(2)} s${speed}; ${howMany(passes, 'target pass', 'target passes')}`;
  if (drafted + pastEnd === 0) return `${first}, nothing drafted.`;
  const past = pastEnd > 0 ? `, ${pastEnd} past the end` : '';
  const length = meanAcceptanceLength === null ? '' : ` of ${meanAcceptanceLength.toFixed(2)} tokens on average`;
  return `${first}${length}.\n${drafted} drafted: ${accepted} accepted, ${rejected} rejected, ${discarded} discarded${past}.`;
}

/** What --json writes: docs/server.md says what each field means. @param gain null: nothing was compared */
export function toldRun(events: Events, { sampling, maxTokens }: RunSettings, gain: Gain | null) {
  const start = startOf(events);
  const { target, draft } = start?.labels ?? {};
  return {
    text: outputText(events),
    finish_reason: endOf(events).reason,
    ...{ target, draft, adapter: start ? deviceOf(start) : undefined },
    settings: { temperature: sampling.temperature, top_p: sampling.topP, seed: sampling.seed, max_tokens: maxTokens },
    ...toldCounts(events),
    tokens: committedTokens(events)
      .slice(0, completionTokensOf(events))
      .map(({ id, text, verdict }) => ({ id, text, verdict })),
    ...(gain && { comparison: { output: gain.output, speedup: gain.speedup, tokens_per_s: gain.tokensPerSecond } }),
  };
}

function toldCounts(events: Events) {
  const counts = tally(events);
  return {
    prompt_tokens: startOf(events)?.promptIds.length ?? 0,
    completion_tokens: completionTokensOf(events),
    rounds: counts.rounds,
    target_passes: counts.passes,
    drafted: counts.drafted,
    accepted: counts.accepted,
    rejected: counts.rejected,
    discarded: counts.discarded,
    past_end: counts.pastEnd,
    acceptance_rate: counts.acceptanceRate,
    mean_acceptance_length: counts.meanAcceptanceLength,
    time_to_first_token_s: counts.timeToFirstTokenMs === null ? null : counts.timeToFirstTokenMs / 1000,
    decode_tokens_per_s: counts.tokensPerSecond,
  };
}

export interface Gain {
  /** `partly`: to the end of the shorter one, which was stopped. `sampled`: two draws of one distribution, which differ. */
  readonly output: 'identical' | 'partly' | 'different' | 'sampled';
  /** Tokens per second of speculative over plain decoding, after the first token; the median of the pairs. null: not measured. */
  readonly speedup: number | null;
  readonly tokensPerSecond: { readonly speculative: number | null; readonly plain: number | null };
}

/** Of pairs of a speculative and a plain run that were asked the same. */
export function gainOf(pairs: readonly (readonly [speculative: Events, plain: Events])[]): Gain {
  const compared = pairs.flatMap(([speculative, plain]) => compareRuns(speculative, plain) ?? []);
  const outputs = ['different', 'sampled', 'partly', 'identical'] as const;
  return {
    output: outputs.find((output) => compared.some((each) => each.output === output)) ?? 'different',
    speedup: middle(compared.map(({ speedup }) => speedup.decoding)),
    tokensPerSecond: {
      speculative: middle(compared.map((each) => each.tokensPerSecond.speculative.decoding)),
      plain: middle(compared.map((each) => each.tokensPerSecond.plain.decoding)),
    },
  };
}

const OUTPUT_WORDS: Readonly<Record<Gain['output'], string>> = {
  identical: 'The output is the same, token for token.',
  partly: 'The output is the same as far as the shorter run goes.',
  different: 'The output differs.',
  sampled: 'The outputs differ, as two draws from one distribution do.',
};

/** What speculation changed, and what it gained. */
export function gainInWords({ output, speedup, tokensPerSecond }: Gain): string {
  const { speculative, plain } = tokensPerSecond;
  const speeds = speculative !== null && plain !== null ? ` (${speculative.toFixed(1)} and ${plain.toFixed(1)} tokens a second)` : '';
  const gained =
    speedup === null
      ? 'The clock is too coarse, or the answer too short, to tell how fast each was.'
      : `Speculative decoding was ${speedup.toFixed(2)} times as fast as plain decoding${speeds}.`;
  return `${OUTPUT_WORDS[output]}\n${gained}`;
}

function middle(values: readonly (number | null)[]): number | null {
  const told = values.filter((value) => value !== null);
  return told.length > 0 ? median(told) : null;
}

function howMany(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}
