import { describe, expect, it } from 'vitest';
import { judgeGreedy } from '../../src/core/loop/verify';

const draft = (id: number) => ({ id, p: 0.25, q: 0.5 });
const choice = (id: number) => ({ id, p: 0.75 });
const verdicts = (drafts: number[], choices: number[]) => {
  const judged = judgeGreedy(drafts.map(draft), choices.map(choice));
  return [...judged.drafts, judged.next].map((token) => `${token.id} ${token.verdict}`);
};

describe('judgeGreedy', () => {
  it('accepts the prefix that the target would have written and adds a bonus after full acceptance', () => {
    expect(verdicts([5, 6], [5, 6, 7])).toEqual(['5 accepted', '6 accepted', '7 bonus']);
  });

  it('rejects the first that differs, corrects it, and leaves the rest unjudged, even where it agrees', () => {
    expect(verdicts([5, 9, 7, 8], [5, 6, 7, 8, 1])).toEqual(['5 accepted', '9 rejected', '7 discarded', '8 discarded', '6 corrected']);
    expect(verdicts([9], [6, 1])).toEqual(['9 rejected', '6 corrected']);
  });

  it('is plain decoding when nothing was drafted', () => {
    expect(verdicts([], [3])).toEqual(['3 plain']);
  });

  it('keeps the probabilities as they were measured, and draws nothing', () => {
    const { drafts, next } = judgeGreedy([{ id: 1, p: null, q: 0.5 }], [choice(1), choice(2)]);
    expect(drafts).toEqual([{ id: 1, verdict: 'accepted', p: null, q: 0.5, u: null, candidates: null }]);
    expect(next).toEqual({ id: 2, verdict: 'bonus', p: 0.75, q: null, u: null, candidates: null });
  });

  it('refuses a number of rows that does not fit', () => {
    expect(() => judgeGreedy([draft(1)], [choice(1)])).toThrow('1 drafts need 2 target rows, not 1');
    expect(() => judgeGreedy([], [])).toThrow(RangeError);
  });
});
