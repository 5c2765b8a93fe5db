import { spelledSettings } from '../settings';
import type { RunEvent, RunSettings, StartEvent } from '../types';
import { deviceOf } from './device';
import { committedTokens, startOf, tally } from './tally';

/** The two speeds that a run has, everywhere under these names: over the whole wait, prompt included, and of decoding alone, from the first token on. */
export const SPEEDS = ['wait', 'decoding'] as const;
export type Speed = (typeof SPEEDS)[number];
/** Null where it was not measured. */
export type Speeds = Readonly<Record<Speed, number | null>>;

/** Up to this ratio two speeds are tied: two runs of the same kind differ as much. */
export const TIE = 1.05;

/** Whether a speedup is neither a gain nor a loss. */
export function isTied(speedup: number): boolean {
  return Math.max(speedup, 1 / speedup) <= TIE;
}

/** A speculative run beside a plain one of the same prompt, target and settings. */
export interface Comparison {
  /**
   * Tokens per second of the speculative run over those of the plain run; null when either is missing, or where they ran on two devices, of which a
   * ratio says nothing. Of the whole wait also where they wrote not equally many tokens, over which the prompt would spread otherwise.
   */
  readonly speedup: Speeds;
  /** Whether decoding alone is missing because the clock was too coarse to tell. */
  readonly tooCoarse: boolean;
  readonly tokensPerSecond: Readonly<Record<'speculative' | 'plain', Speeds>>;
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
  const tokensPerSecond = { speculative: speedsOf(speculative), plain: speedsOf(plain) };
  const together = onOneDevice(speculative, plain);
  const over = (speed: Speed) => ratio(tokensPerSecond.speculative[speed], tokensPerSecond.plain[speed]);
  return {
    speedup: { wait: together && a.length === b.length ? over('wait') : null, decoding: together ? over('decoding') : null },
    tooCoarse: tally(speculative).tooCoarse || tally(plain).tooCoarse,
    tokensPerSecond,
    alike,
    output: alike < shorter ? different : a.length === b.length ? 'identical' : cut ? 'partly' : different,
  };
}

/** Tokens per second of a run. */
export function speedsOf(events: Events): Speeds {
  const { waitTokensPerSecond, tokensPerSecond } = tally(events);
  return { wait: waitTokensPerSecond, decoding: tokensPerSecond };
}

function ratio(fast: number | null, slow: number | null): number | null {
  return fast !== null && slow !== null && slow > 0 ? fast / slow : null;
}

/** Whether two runs were asked the same: prompt, target, its cache and settings. */
export function comparableRuns(a: Events, b: Events): boolean {
  return sameQuestion(startOf(a), startOf(b));
}

/** Whether two runs ran on the same device, as far as its name tells, with the target's cache in the same precision, so that their times can be compared. */
export function onOneDevice(a: Events, b: Events): boolean {
  const [one, other] = [startOf(a), startOf(b)];
  return one !== null && other !== null && deviceOf(one) === deviceOf(other);
}

function sameQuestion(a: StartEvent | null, b: StartEvent | null): boolean {
  return (
    a !== null &&
    b !== null &&
    sameTarget(a, b) &&
    decidingText(a.settings) === decidingText(b.settings) &&
    a.promptIds.length === b.promptIds.length &&
    a.promptIds.every((id, i) => id === b.promptIds[i])
  );
}

/** By the models' files and caches where both runs tell them, by their names in older ones. */
function sameTarget(a: StartEvent, b: StartEvent): boolean {
  const [one, other] = [a.models?.target, b.models?.target];
  return one && other
    ? one.id === other.id && one.revision === other.revision && one.halfCache === other.halfCache
    : a.labels.target === b.labels.target;
}

/** What decides a run's text besides its prompt and its target. */
function decidingText(settings: RunSettings): string {
  return JSON.stringify(spelledSettings(settings).flatMap(({ setting, value }) => (setting.decides === 'text' ? [value] : [])));
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
