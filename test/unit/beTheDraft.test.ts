import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/core/failure';
import { checkTyped, isCut, LONGEST_TYPED, lastAsked, scoreOf, scoresByTeam, teamToAsk, upToTokens } from '../../src/core/modes/beTheDraft';
import type { RoundEvent, RunEvent, Verdict } from '../../src/core/types';

/** A round of tokens that read a, b, c and so on; `person`: most that a person was asked for. */
const round = (index: number, verdicts: Verdict[], person?: number): RoundEvent => ({
  ...{ type: 'round', index, startMs: index, endMs: index + 1, readbacks: 1, source: null, device: null },
  limits: { model: 0, ngram: 0, ...(person === undefined ? {} : { person }) },
  tokens: verdicts.map((verdict, i) => ({
    ...{ id: i, verdict, p: null, q: null, u: null, candidates: null, text: String.fromCharCode(97 + i) },
  })),
});

const game: RunEvent[] = [
  { type: 'prefill', tokens: 0, reused: 0, endMs: 0 },
  round(0, ['plain']),
  round(1, ['accepted', 'accepted', 'bonus'], 8),
  round(2, ['rejected', 'discarded', 'corrected'], 5),
  round(3, ['plain'], 4),
  round(4, ['accepted', 'rejected', 'corrected'], 3),
];

describe('what a person types', () => {
  it.each(['', ' '])('is refused where it is nothing: "%s"', (typed) => {
    expect(() => checkTyped(typed)).toThrow('Nothing is typed.');
  });

  it('may be blanks that mean something, and as long as a round takes', () => {
    for (const typed of ['\n', '    ', ' a', 'x'.repeat(LONGEST_TYPED)]) expect(() => checkTyped(typed)).not.toThrow();
    try {
      checkTyped('x'.repeat(LONGEST_TYPED + 1));
      expect.unreachable();
    } catch (thrown) {
      expect(toFailure(thrown).code).toBe('draft-too-long');
    }
  });

  it('is cut where the drafts do not reach its end, whatever blanks follow', () => {
    const judged = round(1, ['accepted', 'rejected', 'corrected'], 2);
    expect(isCut(judged, 'abc')).toBe(true);
    expect(isCut(judged, 'ab ')).toBe(false);
    expect(isCut(round(1, ['plain'], 2), 'abc')).toBe(false);
  });
});

describe('a score', () => {
  it('counts what was judged, and the passes that one token each would have needed more', () => {
    expect(scoreOf(game)).toEqual({ accepted: 3, judged: 5, acceptanceRate: 0.6, committed: 8, passes: 5, saved: 3 });
    expect(scoreOf([])).toMatchObject({ acceptanceRate: null, saved: 0 });
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [4, 2],
    [5, 3],
    [99, 5],
  ])('of as much as %i tokens takes %i rounds: those that began before', (tokens, rounds) => {
    expect(upToTokens(game, tokens).filter(({ type }) => type === 'round')).toHaveLength(rounds);
  });

  it('of a team is of every round that it was asked for, in turn', () => {
    expect(teamToAsk(game, 3)).toBe(1);
    expect(scoresByTeam(game, 3).map(({ accepted, judged }) => [accepted, judged])).toEqual([
      [3, 4],
      [0, 1],
      [0, 0],
    ]);
    expect(lastAsked(game)?.index).toBe(4);
    expect(lastAsked(game.slice(0, 2))).toBeNull();
  });
});
