import { describe, expect, it } from 'vitest';
import { comparableRuns, compareRuns, onOneDevice } from '../../src/core/run/comparison';
import { deviceOf } from '../../src/core/run/device';
import { conditionsOf } from '../../src/core/run/exports';
import { type RunSummary, summarise } from '../../src/core/run/runSummary';
import { startOf } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import { changesBetween } from '../../src/core/settingsChange';
import type { RunEvent, RunSettings, StartEvent } from '../../src/core/types';
import { historyWords } from '../../src/ui/texts/history';

function begun(seed: number | bigint, promptIds: readonly number[] = [1, 2], change: Partial<RunSettings> = {}): RunEvent[] {
  const settings = { ...DEFAULT_RUN, ...change, sampling: { ...DEFAULT_RUN.sampling, seed } };
  const labels = { target: 't', draft: null, adapter: 'a' };
  return [{ type: 'start', prompt: 'any', promptIds, settings, labels, calibration: null }];
}

describe('two runs', () => {
  it('are compared where prompt and settings are the same, whatever kind of number the seed is', () => {
    expect(comparableRuns(begun(5), begun(5))).toBe(true);
    expect(comparableRuns(begun(5), begun(5n))).toBe(true);
    expect(comparableRuns(begun(2n ** 64n - 1n), begun(2n ** 64n - 1n))).toBe(true);
    expect(comparableRuns(begun(5), begun(6n))).toBe(false);
    expect(comparableRuns(begun(5), begun(5, [1, 3]))).toBe(false);
    expect(comparableRuns(begun(5), [])).toBe(false);
  });

  it('are not compared where one may stop elsewhere, or must answer in a format', () => {
    expect(comparableRuns(begun(5), begun(5, [1, 2], { stopStrings: ['.'] }))).toBe(false);
    expect(comparableRuns(begun(5), begun(5, [1, 2], { format: { type: 'json', schema: null } }))).toBe(false);
    const both = { stopStrings: ['.'], format: { type: 'json', schema: null } } as const;
    expect(comparableRuns(begun(5, [1, 2], both), begun(5, [1, 2], both))).toBe(true);
  });

  it('of caches in another precision are not compared, and differ in their device, not in their target', () => {
    const of = (target?: true, draft?: true): RunEvent[] =>
      begun(5).map((event) => {
        if (event.type !== 'start') return event;
        const model = (id: string, halfCache?: true) => ({ id, revision: 'r', ...(halfCache && { halfCache }) });
        return { ...event, models: { target: model('t', target), draft: model('d', draft) } };
      });
    const start = (events: RunEvent[]) => startOf(events) as StartEvent;
    expect([comparableRuns(of(), of(true)), comparableRuns(of(true), of(true))]).toEqual([false, true]);
    expect([onOneDevice(of(), of(true)), onOneDevice(of(true), of(true)), onOneDevice(of(), of(undefined, true))]).toEqual([
      false,
      true,
      false,
    ]);
    expect([of(), of(true, true), of(true), of(undefined, true)].map((events) => deviceOf(start(events)))).toEqual([
      ...['a', 'a, caches in half precision', 'a, the target’s cache in half precision', 'a, the draft’s cache in half precision'],
    ]);
    expect(changesBetween(start(of()), start(of(true, true)))).toEqual([
      { field: 'adapter', before: 'a', after: 'a, caches in half precision' },
    ]);
    expect(conditionsOf(start(of(true, true))).device).toBe('a, caches in half precision');
    const summary = summarise([...of(true, true), { type: 'end', reason: 'length', endMs: 1 }]) as RunSummary;
    expect(historyWords.how(summary)).toMatch(/, caches in half precision$/);
    expect(historyWords.how({ ...summary, halfCaches: '' })).not.toContain('precision');
  });

  it('are compared where their targets have the same files, whatever these are called, and by the name where a run does not tell', () => {
    const of = (target: string, id?: string, revision = 'r'): RunEvent[] =>
      begun(5).map((event) => {
        if (event.type !== 'start') return event;
        const models = id ? { models: { target: { id, revision }, draft: null } } : {};
        return { ...event, labels: { ...event.labels, target }, ...models };
      });
    expect(comparableRuns(of('a', 'own:a-1'), of('a', 'own:a-2'))).toBe(false);
    expect(comparableRuns(of('a', 'own:a-1'), of('a', 'own:a-1', 'newer'))).toBe(false);
    expect(comparableRuns(of('a', 'own:a-1'), of('renamed', 'own:a-1'))).toBe(true);
    expect(comparableRuns(of('a'), of('a', 'own:a-1'))).toBe(true);
    expect(comparableRuns(of('a'), of('b', 'own:a-1'))).toBe(false);
  });

  it('say nothing of speed where they ran on two devices, and compare their outputs all the same', () => {
    expect(compareRuns(written('a', 10), written('a', 20))).toMatchObject({ speedup: { wait: 2, decoding: 2 }, output: 'identical' });
    expect(compareRuns(written('a', 10), written('b', 20))).toMatchObject({ speedup: { wait: null, decoding: null }, output: 'identical' });
  });
});

/** A run of three tokens on a device, each of so many milliseconds. */
function written(adapter: string, ms: number): RunEvent[] {
  const [start] = begun(0);
  if (start?.type !== 'start') throw new Error('a run begins with its start');
  const rounds = [7, 8, 9].map((id, index): RunEvent => {
    const token = { id, verdict: 'plain', text: 'x', p: null, q: null, u: null, candidates: null } as const;
    const times = { startMs: index * ms, endMs: (index + 1) * ms };
    return { type: 'round', index, tokens: [token], readbacks: 1, limits: { model: 0, ngram: 0 }, source: null, device: null, ...times };
  });
  return [{ ...start, labels: { ...start.labels, adapter } }, ...rounds, { type: 'end', reason: 'length', endMs: 3 * ms }];
}
