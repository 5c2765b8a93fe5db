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

const TARGET_HALF = 'a, the target’s cache in half precision';

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

  it('whose targets’ caches are of another precision are not compared, and differ in their device, not in their target', () => {
    const [full, half] = [halved(), halved('target', 'draft')];
    expect([comparableRuns(full, half), comparableRuns(half, half)]).toEqual([false, true]);
    expect([onOneDevice(full, half), onOneDevice(half, half)]).toEqual([false, true]);
    expect(changesBetween(begin(full), begin(half))).toEqual([
      { field: 'draft', before: 'd', after: 'd, its cache in half precision' },
      { field: 'adapter', before: 'a', after: 'a, the target’s cache in half precision' },
    ]);
  });

  it('whose drafts’ caches are of another precision ran on one device, and differ in their draft', () => {
    const [full, half] = [halved(), halved('draft')];
    expect(onOneDevice(full, half)).toBe(true);
    expect(changesBetween(begin(full), begin(half))).toEqual([{ field: 'draft', before: 'd', after: 'd, its cache in half precision' }]);
    expect(conditionsOf(begin(half))).toMatchObject({ draft: 'd, its cache in half precision', device: 'a' });
  });

  it.each([
    { caches: 'full precision', half: [], device: 'a', shown: '' },
    { caches: 'the target’s half', half: ['target'], device: TARGET_HALF, shown: ', the target’s cache in half precision' },
    { caches: 'the draft’s half', half: ['draft'], device: 'a', shown: ', the draft’s cache in half precision' },
    { caches: 'both half', half: ['target', 'draft'], device: TARGET_HALF, shown: ', caches in half precision' },
    {
      caches: 'the target’s half, which drafts for itself',
      half: ['target'],
      itself: true,
      device: TARGET_HALF,
      shown: ', the target’s cache in half precision',
    },
  ] as const)(
    'a speculative and a plain one of a target ran on one device, and are compared: $caches',
    ({ half, device, shown, ...more }) => {
      const itself = 'itself' in more;
      const speculative = written(
        'a',
        10,
        halved(...half).map((event) => (itself ? draftedByItself(event) : event)),
      );
      const plain = written('a', 20, halved(...half).map(withoutDraft));
      expect(compareRuns(speculative, plain)?.speedup).toEqual({ wait: 2, decoding: 2 });
      expect([speculative, plain].map((events) => deviceOf(begin(events)))).toEqual([device, device]);
      expect([speculative, plain].map((events) => conditionsOf(begin(events)).device)).toEqual([device, device]);
      expect(changesBetween(begin(plain), begin(speculative)).map(({ field }) => field)).toEqual(['mode']);
      const summary = summarise(speculative) as RunSummary;
      expect(historyWords.how(summary)).toBe(`${historyWords.how({ ...summary, halfCaches: '' })}${shown}`);
    },
  );

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

const begin = (events: readonly RunEvent[]) => startOf(events) as StartEvent;

/** The start of a speculative run, with the caches of these models in half precision. */
function halved(...half: readonly ('target' | 'draft')[]): RunEvent[] {
  const model = (role: 'target' | 'draft') => ({ id: role, revision: 'r', ...(half.includes(role) && { halfCache: true as const }) });
  return begun(5, [1, 2], { mode: 'speculative' }).map((event) =>
    event.type === 'start'
      ? { ...event, labels: { ...event.labels, draft: 'd' }, models: { target: model('target'), draft: model('draft') } }
      : event,
  );
}

/** The same of the target that drafts for itself. */
function draftedByItself(event: RunEvent): RunEvent {
  return event.type === 'start' && event.models ? { ...event, models: { ...event.models, draft: 'itself' } } : event;
}

/** The same decoded plainly. */
function withoutDraft(event: RunEvent): RunEvent {
  if (event.type !== 'start' || !event.models) return event;
  return {
    ...event,
    settings: { ...event.settings, mode: 'plain' },
    labels: { ...event.labels, draft: null },
    models: { ...event.models, draft: null },
  };
}

/** A run of three tokens on a device, each of so many milliseconds. */
function written(adapter: string, ms: number, begins: readonly RunEvent[] = begun(0)): RunEvent[] {
  const [start] = begins;
  if (start?.type !== 'start') throw new Error('a run begins with its start');
  const rounds = [7, 8, 9].map((id, index): RunEvent => {
    const token = { id, verdict: 'plain', text: 'x', p: null, q: null, u: null, candidates: null } as const;
    const times = { startMs: index * ms, endMs: (index + 1) * ms };
    return { type: 'round', index, tokens: [token], readbacks: 1, limits: { model: 0, ngram: 0 }, source: null, device: null, ...times };
  });
  return [{ ...start, labels: { ...start.labels, adapter } }, ...rounds, { type: 'end', reason: 'length', endMs: 3 * ms }];
}
