import { describe, expect, it } from 'vitest';
import { align } from '../../src/core/run/alignment';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { RunEvent, RunToken, SamplingSettings, Verdict } from '../../src/core/types';

const token = (id: number, verdict: Verdict, p: number | null = 0.5, others: readonly [number, number][] = []): RunToken => ({
  ...{ id, verdict, p, q: null, u: null, text: ` ${id}` },
  candidates:
    others.length === 0 ? null : { p: others.map(([other, probability]) => ({ id: other, probability, text: '' })), q: [], residual: [] },
});

/** A run whose rounds hold these tokens, ended by itself unless said otherwise. */
function run(
  mode: 'speculative' | 'plain',
  rounds: readonly (readonly RunToken[])[],
  sampling: Partial<SamplingSettings> = {},
  reason: 'length' | 'aborted' = 'length',
) {
  const events: RunEvent[] = [
    {
      ...{ type: 'start', prompt: 'a', promptIds: [1], calibration: null },
      settings: { ...DEFAULT_RUN, mode, sampling: { ...GREEDY, ...sampling } },
      labels: { target: 'target', draft: mode === 'plain' ? null : 'draft', adapter: 'memory' },
    },
  ];
  for (const [index, tokens] of rounds.entries())
    events.push({
      type: 'round',
      index,
      tokens,
      readbacks: 1,
      limits: { model: 4, ngram: 0 },
      source: null,
      device: null,
      startMs: index,
      endMs: index + 1,
    });
  events.push({ type: 'end', reason, endMs: 9 });
  return events;
}

describe('two outputs side by side', () => {
  it('are identical where every id is', () => {
    const speculative = run('speculative', [
      [token(1, 'plain')],
      [token(2, 'accepted'), token(9, 'rejected'), token(8, 'discarded'), token(3, 'corrected')],
    ]);
    const plain = run('plain', [[token(1, 'plain')], [token(2, 'plain')], [token(3, 'plain')]]);
    const { pairs, alike, parting, verdict } = align(speculative, plain);
    expect(pairs.map((pair) => [pair.speculative?.id, pair.plain?.id])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect({ alike, parting, verdict }).toEqual({ alike: 3, parting: null, verdict: 'identical' });
  });

  it('part at their first difference, with the gap of the logits where the target’s probabilities are known', () => {
    const speculative = run('speculative', [[token(1, 'plain')], [token(5, 'rejected', 0.25), token(4, 'corrected', 0.5)]]);
    const plain = run('plain', [[token(1, 'plain')], [token(5, 'plain', 0.26)]]);
    const { alike, parting, verdict } = align(speculative, plain);
    expect({ alike, verdict }).toEqual({ alike: 1, verdict: 'different' });
    expect(parting?.p).toEqual({ speculative: 0.5, plain: 0.26 });
    expect(parting?.logitGap).toBeCloseTo(Math.log(0.26 / 0.5), 12);
  });

  it('take p from the candidates, times the temperature for logits, and leave it out where it is not known', () => {
    const speculative = run('speculative', [[token(4, 'plain', null)]], { temperature: 0.5, rule: 'coupled' });
    const known = run('plain', [[token(5, 'plain', 0.4, [[4, 0.1]])]], { temperature: 0.5, rule: 'coupled' });
    expect(align(speculative, known).parting).toMatchObject({ p: { speculative: 0.1, plain: 0.4 }, logitGap: 0.5 * Math.log(4) });
    const unknown = run('plain', [[token(5, 'plain', 0.4)]], { temperature: 0.5, rule: 'coupled' });
    expect(align(speculative, unknown).parting).toMatchObject({ p: { speculative: null }, logitGap: null });
  });

  it('have no verdict while one of them is under way, of different questions, and a partial one where one was stopped', () => {
    const speculative = run('speculative', [[token(1, 'plain')], [token(2, 'accepted'), token(3, 'bonus')]]);
    const stopped = run('plain', [[token(1, 'plain')], [token(2, 'plain')]], {}, 'aborted');
    expect(align(speculative, stopped)).toMatchObject({ alike: 2, parting: null, verdict: 'partly' });
    expect(align(speculative, stopped.slice(0, -1)).verdict).toBeNull();
    expect(align(speculative, run('plain', [[token(1, 'plain')]], { seed: 7 })).verdict).toBeNull();
    expect(align([], [])).toEqual({ pairs: [], alike: 0, parting: null, verdict: null });
  });
});
