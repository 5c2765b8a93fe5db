import { describe, expect, it } from 'vitest';
import { acceptanceBand, readTypedCounts, type TypedCounts } from '../../src/core/cost/acceptance';

const NOTHING: TypedCounts = { drafted: '', accepted: '', rejected: '', plainTime: '', speculativeTime: '' };
const read = (typed: Partial<TypedCounts>) => readTypedCounts({ ...NOTHING, ...typed });

describe('typed counts', () => {
  it('give the plain ratio, and α and the speedup where they are known', () => {
    expect(read({ drafted: '1000', accepted: '720' }).figures).toEqual({
      ...{ drafted: 1000, accepted: 720, acceptedOverDrafted: 0.72, acceptanceRate: null, discarded: null, speedup: null },
    });
    const whole = read({ drafted: '1,000', accepted: ' 720 ', rejected: '180', plainTime: '60', speculativeTime: '37.5' }).figures;
    expect(whole).toMatchObject({ acceptanceRate: 0.8, discarded: 100, speedup: 1.6 });
  });

  it('say nothing while they are incomplete', () => {
    for (const typed of [{}, { drafted: '9' }, { accepted: '9' }, { rejected: '1' }])
      expect(read(typed)).toEqual({ figures: null, problems: [] });
  });

  it.each([
    [{ drafted: '10', accepted: '11' }, 'accepted', '11 accepted of 10 drafted cannot be.'],
    [{ drafted: '-5', accepted: '1' }, 'drafted', 'Drafted: -5 is below zero.'],
    [{ drafted: '10', accepted: '7.5' }, 'accepted', 'Accepted: 7.5 is not whole.'],
    [{ drafted: 'many', accepted: '7' }, 'drafted', 'Drafted: “many” is not a number.'],
    [{ drafted: '1,00', accepted: '7' }, 'drafted', 'Drafted: “1,00” is not a number.'],
    [{ drafted: '0', accepted: '0' }, 'drafted', 'Nothing was drafted.'],
    [{ drafted: '1e30', accepted: '0' }, 'drafted', 'Drafted: 1e30 is too large to be counted exactly.'],
    [{ drafted: '10', accepted: '7', rejected: '4' }, 'rejected', '7 accepted and 4 rejected are more than 10 drafted.'],
    [{ drafted: '10', accepted: '7', plainTime: '3', speculativeTime: '0' }, 'speculativeTime', 'Nothing takes no time.'],
    [{ plainTime: '-1' }, 'plainTime', 'Time with plain decoding: -1 is below zero.'],
  ] as const)('%j is refused at %s: %s', (typed, field, message) => {
    const { figures, problems } = read(typed);
    expect(figures).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field, failure: { code: 'invalid-setting', message } });
    expect(problems[0]?.failure.hint).not.toBe('');
  });
});

describe('an acceptance', () => {
  it.each([
    [1, 'nearly-all'],
    [0.85, 'nearly-all'],
    [0.72, 'most'],
    [0.5, 'half'],
    [0.39, 'few'],
    [0, 'few'],
  ] as const)('of %d is %s', (share, band) => {
    expect(acceptanceBand(share)).toBe(band);
  });
});
