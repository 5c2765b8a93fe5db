import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tally } from '../../src/core/run/tally';
import { runEvents } from '../support/runEvents';

/** What must be true of the lists that views and the trace codec are tested with, so that their tests test something. */
describe('generated lists of events', () => {
  const lists = fc.sample(runEvents, { numRuns: 1000, seed: 1 });

  it('hold every verdict, every kind of end, unknown figures and lists that broke off', () => {
    const events = lists.flat();
    const tokens = events.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    expect(new Set(tokens.map(({ verdict }) => verdict)).size).toBe(6);
    const reasons = events.flatMap((event) => (event.type === 'end' ? [event.reason] : []));
    expect([...new Set(reasons)].sort()).toEqual(['aborted', 'failed', 'length', 'stop']);
    for (const unknown of ['p', 'q', 'u', 'candidates'] as const) expect(tokens.some((token) => token[unknown] === null)).toBe(true);
    expect(lists.some((list) => list.length === 0)).toBe(true);
    expect(lists.some((list) => list.length === 1)).toBe(true);
    expect(lists.some((list) => list.length > 2 && list.at(-1)?.type !== 'end')).toBe(true);
    expect(events.some((event) => event.type === 'round' && event.source === 'ngram')).toBe(true);
  });

  it('begin with a start, end at most once, and go forward in time', () => {
    for (const list of lists) {
      expect(list.findIndex(({ type }) => type === 'start')).toBe(list.length === 0 ? -1 : 0);
      expect(list.filter(({ type }) => type === 'end').every((end) => end === list.at(-1))).toBe(true);
      const times = list.flatMap((event) =>
        event.type === 'start' ? [] : event.type === 'round' ? [event.startMs, event.endMs] : [event.endMs],
      );
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const { drafted, accepted, rejected, discarded } = tally(list);
      expect(drafted).toBe(accepted + rejected + discarded);
    }
  });
});
