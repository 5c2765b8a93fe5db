import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Heat, heatMs, heatSpeedups, LANES, leapsOf, medianHeat, raceResult, runnerAt, spreadOf } from '../../src/core/modes/race';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RoundEvent, RunEvent } from '../../src/core/types';
import { runEvents } from '../support/runEvents';

const heats: fc.Arbitrary<Heat> = fc.record({
  runs: fc.record({ plain: runEvents, speculative: runEvents }),
  first: fc.constantFrom('plain', 'speculative', null),
});

/** A run of one prompt that commits `sizes` tokens a pass, `passMs` each, the same text whatever the sizes. */
function runOf(mode: 'plain' | 'speculative', sizes: readonly number[], passMs: number, ended = true): RunEvent[] {
  let id = 0;
  const rounds = sizes.map((size, index): RoundEvent => {
    const tokens = Array.from({ length: size }, (_, i) => ({
      ...{ id: id++, text: ` ${id}`, p: 1, q: null, u: null, candidates: null },
      verdict: i < size - 1 ? ('accepted' as const) : size === 1 ? ('plain' as const) : ('bonus' as const),
    }));
    const times = { startMs: 10 + passMs * index, endMs: 10 + passMs * (index + 1) };
    return { type: 'round', index, tokens, readbacks: 1, limits: { model: 0, ngram: 0 }, source: null, device: null, ...times };
  });
  return [
    {
      ...{ type: 'start', prompt: 'p', promptIds: [1], calibration: null },
      settings: { ...DEFAULT_RUN, mode },
      labels: { target: 't', draft: mode === 'plain' ? null : 'd', adapter: 'a' },
    },
    { type: 'prefill', tokens: 0, reused: 0, endMs: 10 },
    ...rounds,
    { type: 'end', reason: ended ? 'length' : 'aborted', endMs: 10 + passMs * sizes.length },
  ];
}

const heat = (speculativeMs: number, ended = true): Heat => ({
  first: 'plain',
  runs: { plain: runOf('plain', [1, 1, 1, 1, 1, 1, 1], 10), speculative: runOf('speculative', [1, 3, 3], speculativeMs, ended) },
});

describe('a race', () => {
  it('never runs backwards, and ends with all that was committed, whatever the events', () => {
    fc.assert(
      fc.property(heats, (each) => {
        for (const lane of LANES) {
          const events = each.runs[lane];
          const leaps = leapsOf(events);
          let [passes, committed] = [0, 0];
          for (let step = 0; step <= 20; step++) {
            const runner = runnerAt(events, leaps, (heatMs(each) * step) / 20);
            expect(runner.passes).toBeGreaterThanOrEqual(passes);
            expect(runner.committed).toBeGreaterThanOrEqual(committed);
            expect(runner.committed).toBe(committedTokens(events.slice(0, runner.happened)).length);
            expect(runner.open).toBeGreaterThanOrEqual(0);
            ({ passes, committed } = runner);
          }
          expect(runnerAt(events, leaps, Number.POSITIVE_INFINITY)).toMatchObject({
            rounds: tally(events).rounds,
            passes: tally(events).passes,
            committed: committedTokens(events).length,
          });
        }
        expect(() => raceResult(each)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the ratio, the finishes and the passes of two runs of one text', () => {
    const result = raceResult(heat(20));
    expect(result).toMatchObject({ comparison: { output: 'identical', alike: 7 }, passes: { plain: 7, speculative: 3 } });
    // Six tokens after the first pass: in 60 ms, and in 40.
    expect(result?.comparison.speedup.decoding).toBeCloseTo(1.5);
    expect(result?.comparison.speedup.wait).toBeCloseTo(80 / 70);
  });

  it('says nothing of the finish where one run was stopped', () => {
    const [stopped] = [heat(20, false)].map((each) => ({
      ...each,
      runs: { ...each.runs, speculative: runOf('speculative', [1, 3], 20, false) },
    }));
    expect(raceResult(stopped as Heat)).toMatchObject({ comparison: { speedup: { wait: null }, output: 'partly', alike: 4 } });
    expect(raceResult({ first: null, runs: { plain: [], speculative: heat(20).runs.speculative } })).toBeNull();
  });

  it('says how both speedups spread over several races', () => {
    const { wait, decoding } = spreadOf([heat(20), heat(10), heat(40)]);
    expect(decoding).toMatchObject({ races: 3, median: heatSpeedups(heat(20)).decoding });
    for (const spread of [wait, decoding]) {
      expect(spread?.least).toBeLessThan(spread?.median ?? 0);
      expect(spread?.median).toBeLessThan(spread?.most ?? 0);
    }
    expect(spreadOf([])).toEqual({ wait: null, decoding: null });
  });

  it('shows the race in the middle, of those that came to their end', () => {
    expect(medianHeat([heat(40), heat(10), heat(20)])).toBe(2);
    expect(medianHeat([heat(40), heat(10)])).toBe(0);
    expect(medianHeat([heat(40), heat(10), heat(20, false)])).toBe(0);
    expect(medianHeat([])).toBe(0);
  });
});
