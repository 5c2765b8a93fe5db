import { describe, expect, it } from 'vitest';
import { raceResult } from '../../src/core/modes/race';
import { compareRuns } from '../../src/core/run/comparison';
import { committedTokens, pastEndOf, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RoundEvent, RunEvent, Verdict } from '../../src/core/types';

const round = (index: number, startMs: number, endMs: number, verdicts: Verdict[]): RoundEvent => ({
  type: 'round',
  index,
  startMs,
  endMs,
  readbacks: 1,
  limits: { model: 3, ngram: 3 },
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
      passes: 4,
      passesPastEnd: 0,
      drafted: 6,
      accepted: 4,
      rejected: 1,
      discarded: 1,
      pastEnd: 0,
      committed: 8,
      readbacks: 4,
      acceptanceRate: 4 / 5,
      acceptedOverDrafted: 4 / 6,
      meanAcceptanceLength: 2,
      tokensPerSecond: 14,
      tooCoarse: false,
      waitMs: 620,
      waitTokensPerSecond: 8000 / 620,
      timeToFirstTokenMs: 120,
      decodeMs: 500,
      waitedMs: null,
    });
  });

  it('leaves passes of plain tokens past the end out of the mean acceptance length, which is 1 where nothing is drafted', () => {
    const chunk = { ...round(1, 120, 150, ['plain', 'plain', 'plain']), source: null, passes: 8 };
    expect(tally([...events.slice(0, 3), chunk])).toMatchObject({ passes: 9, passesPastEnd: 5, committed: 4, meanAcceptanceLength: 1 });
  });

  it('keeps what was drafted past the end of the answer out of every count and ratio', () => {
    const ended = [...events.slice(0, 4), round(2, 150, 200, ['accepted', 'accepted', ...Array<Verdict>(15).fill('discarded')])];
    expect(tally(ended)).toMatchObject({
      ...{ drafted: 5, accepted: 5, rejected: 0, discarded: 0, pastEnd: 15, committed: 7 },
      ...{ acceptanceRate: 1, acceptedOverDrafted: 1 },
    });
    // After a rejection, and with the target's own token at the end, they are lost as ever.
    expect(pastEndOf(round(2, 0, 1, ['accepted', 'rejected', 'discarded', 'corrected']))).toBe(0);
    expect(pastEndOf(round(2, 0, 1, ['accepted', 'bonus']))).toBe(0);
    expect(pastEndOf(round(2, 0, 1, ['accepted', 'discarded']))).toBe(1);
  });

  it('has two speeds: the whole wait with the prompt, decoding alone without', () => {
    const { waitMs, waitTokensPerSecond, decodeMs, tokensPerSecond, timeToFirstTokenMs } = tally(events);
    expect(waitMs).toBe(decodeMs + (timeToFirstTokenMs ?? 0));
    expect(waitTokensPerSecond).toBeLessThan(tokensPerSecond ?? 0);
  });

  it('has no ratio where there is nothing to divide by', () => {
    const nothing = { acceptanceRate: null, acceptedOverDrafted: null, meanAcceptanceLength: null, tokensPerSecond: null };
    expect(tally([])).toMatchObject({ ...nothing, timeToFirstTokenMs: null, decodeMs: 0, committed: 0 });
    expect(tally(events.slice(0, 2))).toMatchObject({ ...nothing, timeToFirstTokenMs: null });
    expect(tally([round(0, 0, 0, ['plain'])])).toMatchObject({ acceptanceRate: null, tokensPerSecond: null, meanAcceptanceLength: 1 });
  });
});

describe('a clock of long steps', () => {
  const by = (clockStepMs: number) => events.map((event) => (event.type === 'start' ? { ...event, clockStepMs } : event));

  it('gives a speed from eight steps on, and else says that it cannot tell', () => {
    // 500 ms of decoding.
    expect(tally(by(62))).toMatchObject({ tokensPerSecond: 14, tooCoarse: false });
    for (const stepMs of [63, 100, 86_400_000]) expect(tally(by(stepMs))).toMatchObject({ tokensPerSecond: null, tooCoarse: true });
    expect(tally(by(100).slice(0, 3))).toMatchObject({ tooCoarse: false });
  });

  it('gives no comparison and no sooner finish either', () => {
    const plain = (clockStepMs: number): RunEvent[] =>
      by(clockStepMs).map((event) => (event.type === 'start' ? { ...event, settings: { ...event.settings, mode: 'plain' } } : event));
    expect(compareRuns(by(1), plain(1))).toMatchObject({ speedup: { wait: 1, decoding: 1 }, tooCoarse: false });
    expect(compareRuns(by(100), plain(100))).toMatchObject({ speedup: { wait: null, decoding: null }, tooCoarse: true });
    expect(raceResult({ runs: { speculative: by(1), plain: plain(1) }, first: null })?.comparison.speedup.wait).toBe(1);
    expect(raceResult({ runs: { speculative: by(100), plain: plain(100) }, first: null })?.comparison.speedup.wait).toBeNull();
  });
});

describe('committedTokens', () => {
  it('is the output, in order', () => {
    expect(committedTokens(events).map((token) => token.id)).toEqual([0, 10, 11, 12, 13, 20, 23, 30]);
  });
});
