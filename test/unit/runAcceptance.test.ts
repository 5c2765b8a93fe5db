import { describe, expect, it } from 'vitest';
import {
  acceptanceByKind,
  acceptanceByPosition,
  acceptanceOverRun,
  acceptedLengths,
  crossings,
  rateOf,
  usualGamma,
} from '../../src/core/run/runAcceptance';
import type { RoundEvent, RunToken, Verdict } from '../../src/core/types';

const VERDICTS: Record<string, Verdict> = { a: 'accepted', r: 'rejected', d: 'discarded', c: 'corrected', b: 'bonus', p: 'plain' };

/** A round whose tokens have the verdicts of `marks`, by their first letters, and `texts`. */
function round(marks: string, texts: readonly string[] = []): RoundEvent {
  const tokens = [...marks].map((mark, i): RunToken => {
    const verdict = VERDICTS[mark];
    if (!verdict) throw new Error(mark);
    return { id: i, text: texts[i] ?? ' fox', verdict, p: 1, q: 1, u: null, candidates: null };
  });
  const limits = { model: 4, ngram: 0 };
  return { type: 'round', index: 0, tokens, readbacks: 1, limits, source: 'model', device: null, startMs: 0, endMs: 1 };
}

describe('acceptance over a run', () => {
  it('is of all drafts so far and of the last ones, at the tokens that were committed by then', () => {
    const points = acceptanceOverRun([round('p'), round('aab'), round('ardc'), round('p'), round('rdc')], 3);
    expect(points).toEqual([
      { committed: 4, overall: 1, recent: null },
      { committed: 6, overall: 3 / 4, recent: 2 / 3 },
      { committed: 8, overall: 3 / 5, recent: 1 / 3 },
    ]);
  });

  it('says where the last ones crossed the break-even, and to which side', () => {
    const point = (committed: number, recent: number | null) => ({ committed, overall: 0.5, recent });
    const points = [point(1, null), point(2, 0.8), point(3, 0.7), point(4, 0.4), point(5, 0.5), point(6, 0.9)];
    expect(crossings(points, 0.5)).toEqual([
      { committed: 4, above: false },
      { committed: 5, above: true },
    ]);
    expect(crossings(points, 0.1)).toEqual([]);
  });
});

describe('acceptance by kind', () => {
  it('goes by what the text has in the place of the draft, and leaves out what nothing was drafted for', () => {
    const counts = acceptanceByKind([
      round('p', ['The']),
      // The draft said a number where the text has a name.
      round('ardc', [' fox', ' 12', ' 13', ' Mia']),
      round('ab', ['.', ' Then']),
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      words: { judged: 1, accepted: 1 },
      names: { judged: 1, accepted: 0 },
      punctuation: { judged: 1, accepted: 1 },
    });
  });
});

describe('counts of a run', () => {
  const events = [round('p'), round('aaab'), round('ardc'), round('rddc'), round('p')];

  it('give rounds by accepted drafts, only of those that drafted', () => {
    expect(acceptedLengths(events)).toEqual([1, 1, 0, 1]);
    expect(acceptedLengths([round('p')])).toEqual([]);
  });

  it('give acceptance by position, of judged drafts alone', () => {
    expect(acceptanceByPosition(events).map(rateOf)).toEqual([2 / 3, 1 / 2, 1]);
    expect(acceptanceByPosition([round('p')])).toEqual([]);
    expect(rateOf({ judged: 0, accepted: 0 })).toBeNull();
  });

  it('give the usual draft length', () => {
    expect(usualGamma(events)).toBe(3);
    expect(usualGamma([round('p')])).toBeNull();
  });
});
