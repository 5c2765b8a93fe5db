import { describe, expect, it } from 'vitest';
import { DEFAULT_RUN } from '../../src/core/settings';
import { committedTokens, tally } from '../../src/core/tally';
import type { RoundEvent, RunEvent, Verdict } from '../../src/core/types';

const round = (index: number, startMs: number, endMs: number, verdicts: Verdict[]): RoundEvent => ({
  type: 'round',
  index,
  startMs,
  endMs,
  readbacks: 1,
  limits: { model: 3, lookup: 3 },
  source: verdicts.length > 1 ? 'model' : null,
  device: null,
  tokens: verdicts.map((verdict, i) => ({
    id: 10 * index + i,
    verdict,
    p: null,
    q: null,
    u: null,
    candidates: null,
    text: verdict[0] ?? '',
  })),
});

const events: RunEvent[] = [
  {
    type: 'start',
    prompt: 'p',
    promptIds: [1],
    settings: { ...DEFAULT_RUN, gamma: 3, maxTokens: 9 },
    labels: { target: 't', draft: 'd', adapter: 'a' },
    calibration: null,
  },
  { type: 'prefill', tokens: 0, reused: 0, endMs: 100 },
  round(0, 100, 120, ['plain']),
  round(1, 120, 150, ['accepted', 'accepted', 'accepted', 'bonus']),
  round(2, 150, 200, ['accepted', 'rejected', 'discarded', 'corrected']),
  round(3, 200, 620, ['plain']),
  { type: 'end', reason: 'length', endMs: 650 },
];

describe('tally', () => {
  it('counts a run as a person would by hand', () => {
    expect(tally(events)).toEqual({
      rounds: 4,
      drafted: 6,
      accepted: 4,
      rejected: 1,
      discarded: 1,
      committed: 8,
      readbacks: 4,
      acceptanceRate: 4 / 5,
      acceptedOverDrafted: 4 / 6,
      meanAcceptanceLength: 2,
      tokensPerSecond: 14,
      timeToFirstTokenMs: 120,
      decodeMs: 500,
      waitedMs: null,
    });
  });

  it('has no ratio where there is nothing to divide by', () => {
    const nothing = { acceptanceRate: null, acceptedOverDrafted: null, meanAcceptanceLength: null, tokensPerSecond: null };
    expect(tally([])).toMatchObject({ ...nothing, timeToFirstTokenMs: null, decodeMs: 0, committed: 0 });
    expect(tally(events.slice(0, 2))).toMatchObject({ ...nothing, timeToFirstTokenMs: null });
    expect(tally([round(0, 0, 0, ['plain'])])).toMatchObject({ acceptanceRate: null, tokensPerSecond: null, meanAcceptanceLength: 1 });
  });
});

describe('committedTokens', () => {
  it('is the output, in order', () => {
    expect(committedTokens(events).map((token) => token.id)).toEqual([0, 10, 11, 12, 13, 20, 23, 30]);
  });
});
