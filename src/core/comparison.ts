import { committedTokens, startOf, tally } from './tally';
import type { RunEvent, SamplingSettings, StartEvent } from './types';

/** A speculative run beside a plain one of the same prompt, target and settings. */
export interface Comparison {
  /** Tokens per second of the speculative run over those of the plain run; null when either is missing, or where they ran on two devices, of which a ratio says nothing. */
  readonly speed: number | null;
  /** Whether one is missing because the clock was too coarse to tell. */
  readonly tooCoarse: boolean;
  readonly tokensPerSecond: { readonly speculative: number | null; readonly plain: number | null };
  /** Tokens from the first that both committed alike. */
  readonly alike: number;
  /** `partly`: alike to the end of the shorter run, which was stopped or failed. `sampled`: different, as two draws from one distribution are. */
  readonly output: 'identical' | 'partly' | 'different' | 'sampled';
}

type Events = readonly RunEvent[];

/** null when the two runs were asked different things, so that nothing can be said. */
export function compareRuns(speculative: Events, plain: Events): Comparison | null {
  if (!comparableRuns(speculative, plain)) return null;
  const ids = [speculative, plain].map((events) => committedTokens(events).map((token) => token.id));
  const [a = [], b = []] = ids;
  const shorter = Math.min(a.length, b.length);
  const first = a.findIndex((id, i) => id !== b[i]);
  const alike = first === -1 ? shorter : Math.min(first, shorter);
  const different = isDrawnApart(speculative) ? 'sampled' : 'different';
  const cut = isCutShort(a.length < b.length ? speculative : plain);
  const [fast, slow] = [tally(speculative), tally(plain)];
  const rates = { speculative: fast.tokensPerSecond, plain: slow.tokensPerSecond };
  return {
    speed: rates.speculative !== null && rates.plain !== null && onOneDevice(speculative, plain) ? rates.speculative / rates.plain : null,
    tooCoarse: fast.tooCoarse || slow.tooCoarse,
    tokensPerSecond: rates,
    alike,
    output: alike < shorter ? different : a.length === b.length ? 'identical' : cut ? 'partly' : different,
  };
}

/** Whether two runs were asked the same: prompt, target and settings. */
export function comparableRuns(a: Events, b: Events): boolean {
  return sameQuestion(startOf(a), startOf(b));
}

/** Whether two runs ran on the same device, as far as its name tells, so that their times can be compared. */
export function onOneDevice(a: Events, b: Events): boolean {
  return startOf(a)?.labels.adapter === startOf(b)?.labels.adapter;
}

function sameQuestion(a: StartEvent | null, b: StartEvent | null): boolean {
  return (
    a !== null &&
    b !== null &&
    a.labels.target === b.labels.target &&
    a.settings.maxTokens === b.settings.maxTokens &&
    a.settings.ignoreStopTokens === b.settings.ignoreStopTokens &&
    JSON.stringify(a.settings.stopStrings) === JSON.stringify(b.settings.stopStrings) &&
    JSON.stringify(a.settings.format) === JSON.stringify(b.settings.format) &&
    sameSampling(a.settings.sampling, b.settings.sampling) &&
    a.promptIds.length === b.promptIds.length &&
    a.promptIds.every((id, i) => id === b.promptIds[i])
  );
}

/** A seed may be a number or, beyond what a number holds, a bigint. */
function sameSampling(a: SamplingSettings, b: SamplingSettings): boolean {
  const [one, other] = [a, b].map((sampling) => JSON.stringify({ ...sampling, seed: String(sampling.seed) }));
  return one === other;
}

/** Whether speculation draws by other random numbers than plain decoding does. */
function isDrawnApart(events: Events): boolean {
  const sampling = startOf(events)?.settings.sampling;
  return sampling !== undefined && sampling.temperature > 0 && sampling.rule === 'rejection';
}

function isCutShort(events: Events): boolean {
  const end = events.at(-1);
  return end?.type !== 'end' || end.reason === 'aborted' || end.reason === 'failed';
}
