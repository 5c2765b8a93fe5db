import type { EndEvent, RunEvent, RunSettings } from '../types';
import { halfCachesOf } from './device';
import { startOf, tally } from './tally';

/** What a list of runs shows of one, so that its events need not be read. Ratios are null while their denominator is zero. */
export interface RunSummary {
  /** At most `PROMPT_SHOWN` characters of it. */
  readonly prompt: string;
  readonly mode: RunSettings['mode'];
  /** What drafted, as the run names it. */
  readonly draft: string | null;
  /** `recorded`: as an earlier run's rounds had it. */
  readonly gamma: number | 'auto' | 'recorded';
  readonly temperature: number;
  /** Which caches held half precision, in words; '' where none did. Absent in older lists. */
  readonly halfCaches?: string;
  readonly committed: number;
  readonly acceptanceRate: number | null;
  readonly tokensPerSecond: number | null;
  readonly decodeMs: number;
  readonly reason: EndEvent['reason'];
}

export const PROMPT_SHOWN = 200;

/** null for what is not a run that has ended. */
export function summarise(events: readonly RunEvent[]): RunSummary | null {
  const start = startOf(events);
  const end = events.at(-1);
  if (!start || end?.type !== 'end') return null;
  const { mode, gamma, sampling } = start.settings;
  const { committed, acceptanceRate, tokensPerSecond, decodeMs } = tally(events);
  return {
    // Not cut inside a character.
    prompt: Array.from(start.prompt.slice(0, 2 * PROMPT_SHOWN))
      .slice(0, PROMPT_SHOWN)
      .join(''),
    ...{ mode, draft: start.labels.draft, temperature: sampling.temperature, halfCaches: halfCachesOf(start) },
    gamma: typeof gamma === 'object' ? 'recorded' : gamma,
    ...{ committed, acceptanceRate, tokensPerSecond, decodeMs, reason: end.reason },
  };
}
