import { describe, expect, it } from 'vitest';
import { type Calibration, predictedSpeedup, roundMs } from '../../src/core/cost/cost';
import { AdaptiveLength, type DraftLength, draftLength } from '../../src/core/cost/draftLength';
import { RoundPrices } from '../../src/core/cost/roundPrices';
import { median } from '../../src/core/median';
import type { DraftLimits, RunSettings } from '../../src/core/types';
import { randomNumbers } from '../support/random';

const costs: Calibration = {
  rows: [1, 2, 17],
  contexts: [0],
  verifyMs: [[10, 15, 90]],
  draftMs: [1],
  readbackMs: 0.2,
  plainFixedMs: 0.5,
  roundFixedMs: 0.5,
};

/** Milliseconds per token over plain decoding's, of a run of `tokens` whose drafts are accepted at `rate`, on a device that costs `real`. */
function simulate(length: DraftLength, rate: number, tokens: number, real = costs, source: 'model' | 'ngram' = 'model') {
  const draw = randomNumbers(7);
  const chosen: number[] = [];
  let [committed, ms] = [0, 0];
  while (committed < tokens) {
    const drafted = length.choose(chosen.length, 0, Math.min(16, tokens - committed))[source];
    let accepted = 0;
    while (accepted < drafted && draw() < rate) accepted++;
    const took = roundMs(real, drafted, 0, source);
    length.observe({
      source: drafted ? source : null,
      drafted,
      accepted,
      judged: Math.min(drafted, accepted + 1),
      passes: 1,
      context: 0,
      ms: took,
    });
    chosen.push(drafted);
    committed += accepted + 1;
    ms += took;
  }
  return { chosen, speedup: (committed * roundMs(real, 0, 0)) / ms };
}

describe('a fixed length', () => {
  it('stays, within what the run has room for', () => {
    const length = draftLength({ mode: 'speculative', drafting: 'model', gamma: 4 }, { calibration: null });
    expect(length.choose(3, 0, 16)).toEqual({ model: 4, ngram: 4 });
    expect(length.choose(7, 0, 2)).toEqual({ model: 2, ngram: 2 });
  });

  it('is repeated round by round from a list', () => {
    const recorded: DraftLimits[] = [
      { model: 3, ngram: 1 },
      { model: 0, ngram: 16 },
    ];
    const length = draftLength({ mode: 'speculative', drafting: 'model', gamma: recorded }, { calibration: costs });
    expect([0, 1, 2].map((round) => length.choose(round, 9, 16))).toEqual([recorded[0], recorded[1], recorded[1]]);
  });
});

describe('a length for a person', () => {
  it('is the most that there may be, the one that was set, or the recorded one, and no other source drafts', () => {
    const choose = (gamma: RunSettings['gamma'], round = 1, most = 40) =>
      draftLength({ mode: 'speculative', drafting: 'person', gamma }, { calibration: costs }).choose(round, 9, most);
    expect(choose('auto')).toEqual({ model: 0, ngram: 0, person: 16 });
    expect(choose('auto', 1, 5)).toEqual({ model: 0, ngram: 0, person: 5 });
    expect(choose(3)).toEqual({ model: 0, ngram: 0, person: 3 });
    const recorded = [
      { model: 0, ngram: 0, person: 7 },
      { model: 0, ngram: 0, person: 2 },
    ];
    expect([0, 1, 2].map((round) => choose(recorded, round).person)).toEqual([7, 2, 2]);
    expect(choose([{ model: 4, ngram: 4 }])).toEqual({ model: 0, ngram: 0, person: 16 });
  });
});

describe('an adaptive length', () => {
  it('comes near the speed of the best fixed one, whatever the rate', () => {
    for (const rate of [0.5, 0.7, 0.85, 0.95, 1]) {
      const best = Math.max(...Array.from({ length: 17 }, (_, gamma) => predictedSpeedup(costs, rate, gamma, 0)));
      expect(simulate(new AdaptiveLength({ calibration: costs }), rate, 2000).speedup, `rate ${rate}`).toBeGreaterThan(0.93 * best);
    }
  });

  it('goes back to plain decoding where drafts fail, and tries again ever more rarely', () => {
    const { chosen, speedup } = simulate(new AdaptiveLength({ calibration: costs }), 0, 2000);
    expect(speedup).toBeGreaterThan(0.98);
    const drafted = chosen.flatMap((gamma, round) => (gamma > 0 ? [round] : []));
    expect(drafted.length).toBeGreaterThan(10);
    expect(drafted.at(-1)).toBeGreaterThan(1800);
    expect(simulate(new AdaptiveLength({ calibration: costs }), 0, 128).speedup).toBeGreaterThan(0.97);
  });

  it.each([
    { misses: 1, most: 12 },
    { misses: 2, most: 36 },
  ])('is not kept from an easy text for long where $misses of its first drafts fail', ({ misses, most }) => {
    const length = new AdaptiveLength({ calibration: costs });
    let [committed, plain, failed] = [0, 0, 0];
    for (let round = 0; committed < 128; round++) {
      const drafted = length.choose(round, 0, 16).model;
      const accepted = failed < misses ? 0 : drafted;
      if (drafted > 0) failed++;
      else plain++;
      const ms = roundMs(costs, drafted, 0);
      length.observe({
        source: drafted ? 'model' : null,
        drafted,
        accepted,
        judged: Math.min(drafted, accepted + 1),
        passes: 1,
        context: 0,
        ms,
      });
      committed += accepted + 1;
    }
    expect(plain).toBeLessThanOrEqual(most);
    expect(failed).toBeGreaterThan(misses);
  });

  it('takes up drafting again when the text becomes easy', () => {
    const length = new AdaptiveLength({ calibration: costs });
    simulate(length, 0, 200);
    expect(Math.max(...simulate(length, 1, 400).chosen.slice(-8))).toBeGreaterThan(8);
  });

  it('learns from rounds what it was not told, or was told wrongly', () => {
    const slow: Calibration = { ...costs, verifyMs: [[10, 40, 640]] };
    for (const told of [null, costs])
      expect(simulate(new AdaptiveLength({ calibration: told }), 0.7, 1000, slow).speedup).toBeGreaterThan(0.93);
  });

  it('keeps looked-up drafts and the model’s apart', () => {
    const length = new AdaptiveLength({ calibration: costs });
    simulate(length, 1, 200, costs, 'ngram');
    simulate(length, 0, 30);
    expect(length.choose(9, 0, 16).model).toBe(0);
    expect(length.choose(9, 0, 16).ngram).toBeGreaterThan(8);
  });

  it('looks up as much as it may where rows cost nothing, as a coarse clock has it', () => {
    const free: Calibration = { ...costs, verifyMs: [[10, 10, 10]] };
    const { chosen } = simulate(new AdaptiveLength({ calibration: free }), 0.9, 200, free, 'ngram');
    expect(chosen.slice(0, -16).every((drafted) => drafted === 16)).toBe(true);
  });
});

describe('a device that is ten times slower, or quicker, from one round to the next', () => {
  it.each([
    ['slower in all', 10, { ...costs, verifyMs: [[100, 150, 900]], draftMs: [10], plainFixedMs: 5, roundFixedMs: 5 }],
    ['quicker in all', 0.1, { ...costs, verifyMs: [[1, 1.5, 9]], draftMs: [0.1], plainFixedMs: 0.05, roundFixedMs: 0.05 }],
  ])('is followed within ten rounds, where it is %s', (_, times, real) => {
    for (const told of [costs, null]) {
      const prices = new RoundPrices('model', told ?? { ...costs, readbackMs: 0 }, {
        typical: told === null,
        fixedMs: 0,
        doubt: told ? 0.1 : 1,
      });
      const jitter = randomNumbers(11);
      const observe = (of: Calibration, rounds: number) => {
        for (let i = 0; i < rounds; i++) {
          const gamma = i % 4 === 3 ? 0 : 4;
          prices.observe(gamma, 0, roundMs(of, gamma, 0) * (0.9 + 0.2 * jitter()));
        }
      };
      observe(costs, 60);
      expect(prices.of(4, 0) / roundMs(costs, 4, 0)).toBeCloseTo(1, 1);
      observe(real, 10);
      for (const gamma of [0, 4]) {
        expect(prices.of(gamma, 0) / roundMs(real, gamma, 0), `γ ${gamma}, ${times} times`).toBeGreaterThan(0.85);
        expect(prices.of(gamma, 0) / roundMs(real, gamma, 0), `γ ${gamma}, ${times} times`).toBeLessThan(1.15);
      }
    }
  });

  it('chooses within ten rounds as it does there, where rows became dear', () => {
    const wide: Calibration = { ...costs, verifyMs: [[8, 8.2, 9.5]], draftMs: [0.2] };
    const dear: Calibration = { ...costs, verifyMs: [[80, 160, 1360]], draftMs: [30] };
    const length = new AdaptiveLength({ calibration: wide });
    expect(median(simulate(length, 0.6, 300, wide).chosen)).toBeGreaterThan(2);
    const { chosen, speedup } = simulate(length, 0.6, 300, dear);
    const later = chosen.slice(10);
    expect(later.filter((gamma) => gamma > 0).length).toBeLessThan(0.1 * later.length);
    expect(speedup).toBeGreaterThan(0.85);
  });

  it('is not what a single pause of the machine is', () => {
    const prices = new RoundPrices('model', costs, { typical: false, fixedMs: 0, doubt: 0.1 });
    for (let round = 0; round < 60; round++) prices.observe(4, 0, roundMs(costs, 4, 0) * (round % 8 === 5 ? 12 : 1));
    expect(prices.of(4, 0) / roundMs(costs, 4, 0)).toBeLessThan(1.25);
    // The first plain round, on whose price it depends whether there is a second.
    prices.observe(0, 0, 12 * roundMs(costs, 0, 0));
    expect(prices.of(0, 0) / roundMs(costs, 0, 0)).toBeLessThan(1.1);
  });
});

/** Rows and their times, a draft step, as they were measured or as a wide device has them. */
const DEVICES = {
  'SwiftShader in Chromium': { verify: [5.6, 11.5, 16, 32], draft: 1 },
  'llvmpipe in Firefox': { verify: [3, 4.5, 5.7, 8.7], draft: 0.6 },
  'a larger model on llvmpipe': { verify: [42, 100, 165, 240], draft: 6 },
  'a wide device': { verify: [8, 8.2, 8.6, 9.5], draft: 0.8 },
  'a device whose rows cost as much together as apart': { verify: [10, 50, 90, 170], draft: 1.5 },
} as const;

/** Milliseconds a token of runs as `speculate` has them: a plain round first, whose time and the next one's are no round's; seven seeds. */
function msPerToken(make: () => DraftLength, rate: number, real: Calibration): number {
  let [committed, ms] = [0, 0];
  for (let seed = 0; seed < 7; seed++) {
    const [draw, jitter, length] = [randomNumbers(seed), randomNumbers(seed + 100), make()];
    for (let [round, left] = [0, 160]; left > 0; round++) {
      const most = Math.min(16, left - 1);
      const drafted = round > 0 && most > 0 ? length.choose(round, 0, most).model : 0;
      let accepted = 0;
      while (accepted < drafted && draw() < rate) accepted++;
      const took = roundMs(real, drafted, 0) * (0.9 + 0.2 * jitter());
      const judged = Math.min(drafted, accepted + 1);
      length.observe({ source: drafted ? 'model' : null, drafted, accepted, judged, passes: 1, context: 0, ms: round > 1 ? took : null });
      left -= accepted + 1;
      if (round === 0) continue;
      committed += accepted + 1;
      ms += took;
    }
  }
  return ms / committed;
}

describe('a clock that does not move on within some rounds', () => {
  it('says nothing of how much faster the device is, so prices stay prices', () => {
    for (const typical of [false, true]) {
      const prices = new RoundPrices('model', costs, { typical, fixedMs: 0, doubt: 0.1 });
      for (const ms of [20, ...new Array<number>(20).fill(0)]) prices.observe(0, 0, ms);
      expect(prices.of(0, 0)).toBeGreaterThan(0);
      for (let round = 0; round < 40; round++) prices.observe(0, 0, 20);
      expect(Math.abs(prices.of(0, 0) / 20 - 1)).toBeLessThan(0.2);
      expect(prices.of(4, 0)).toBeGreaterThan(prices.of(0, 0));
    }
  });
});

describe('a first run, of which a bare readback is all that is known', () => {
  it.each(Object.entries(DEVICES))('is nearly as fast as with costs that were measured: %s', (_, { verify, draft }) => {
    const ratios: number[] = [];
    for (const readbackMs of [0.2, 5, 20, 100]) {
      const fixed = { readbackMs, plainFixedMs: readbackMs + 0.5, roundFixedMs: readbackMs + 1 };
      const real: Calibration = { rows: [1, 5, 9, 17], contexts: [0], verifyMs: [verify], draftMs: [draft], ...fixed };
      for (const rate of [0, 0.3, 0.6, 0.8, 0.9, 1]) {
        const [first, later] = [null, real].map((calibration) =>
          msPerToken(() => new AdaptiveLength({ calibration, readbackMs }), rate, real),
        );
        ratios.push((later as number) / (first as number));
        expect(ratios.at(-1), `readback ${readbackMs} ms, rate ${rate}`).toBeGreaterThan(0.84);
      }
    }
    expect(ratios.reduce((sum, each) => sum + each) / ratios.length).toBeGreaterThan(0.95);
  });
});

describe('where a readback takes long and plain tokens share it', () => {
  /** As Firefox's software adapter. */
  const real: Calibration = {
    ...{ rows: [1, 17], contexts: [0], verifyMs: [[5.1, 13.2]], draftMs: [0.8] },
    ...{ readbackMs: 100, plainFixedMs: 100, roundFixedMs: 100 },
  };

  /** Milliseconds of a token, of a run of 192 tokens whose drafts are accepted at `rate`; of plain decoding where that is null. */
  function tokenMs(rate: number | null): number {
    const known = { calibration: real, chains: true, stops: false };
    const mode = rate === null ? 'plain' : 'speculative';
    const length = draftLength({ mode, drafting: 'model', gamma: 'auto' }, known);
    const draw = randomNumbers(5);
    let [committed, ms] = [0, 0];
    for (let round = 1; committed < 192; round++) {
      const { model: drafted, plain = 1 } = length.choose(round, 0, 16);
      let accepted = 0;
      while (accepted < drafted && draw() < (rate as number)) accepted++;
      const passes = drafted > 0 ? 1 : plain;
      const took = drafted > 0 ? roundMs(real, drafted, 0) : 100 + passes * 5.1;
      const source = drafted > 0 ? 'model' : null;
      length.observe({ source, drafted, accepted, judged: Math.min(drafted, accepted + 1), passes, context: 0, ms: took });
      committed += accepted + passes;
      ms += took;
    }
    return ms / committed;
  }

  it('looks at a draft that nothing is known of: it gains where all is accepted, and costs less than one round where nothing is', () => {
    const plain = tokenMs(null);
    expect(plain / tokenMs(1)).toBeGreaterThan(1.3);
    expect(192 * (tokenMs(0) - plain)).toBeLessThan(roundMs(real, 16, 0));
  });
});

describe('a clock that cannot time a round', () => {
  it.each([
    ['stands still', 0],
    ['says what cannot be', Number.NaN],
  ])('leaves the length at what costs are expected, where it %s', (_, ms) => {
    const [timed, untimed] = [ms, null].map((each) => {
      const length = new AdaptiveLength({ calibration: null, clockStepMs: Infinity });
      const draw = randomNumbers(3);
      return Array.from({ length: 94 }, (__, round) => {
        const drafted = length.choose(round, 0, 16).model;
        let accepted = 0;
        while (accepted < drafted && draw() < 0.8) accepted++;
        length.observe({ source: 'model', drafted, accepted, judged: Math.min(drafted, accepted + 1), passes: 1, context: 0, ms: each });
        return drafted;
      });
    });
    expect(timed).toEqual(untimed);
    expect(timed?.filter((drafted) => drafted === 0).length).toBeLessThan(10);
  });

  it('leaves it there too where a round is now no step of the clock, and now one', () => {
    const slow: Calibration = {
      rows: [1, 17],
      contexts: [0],
      verifyMs: [[5, 21]],
      draftMs: [0.5],
      readbackMs: 1,
      plainFixedMs: 1,
      roundFixedMs: 1,
    };
    const length = new AdaptiveLength({ calibration: null, clockStepMs: 16.7 });
    const draw = randomNumbers(3);
    let now = 0;
    const chosen = Array.from({ length: 94 }, (_, round) => {
      const drafted = length.choose(round, 0, 16).model;
      let accepted = 0;
      while (accepted < drafted && draw() < 0.8) accepted++;
      const before = now;
      now += roundMs(slow, drafted, 0);
      const ms = 16.7 * (Math.floor(now / 16.7) - Math.floor(before / 16.7));
      length.observe({
        source: drafted ? 'model' : null,
        drafted,
        accepted,
        judged: Math.min(drafted, accepted + 1),
        passes: 1,
        context: 0,
        ms,
      });
      return drafted;
    });
    expect(chosen.filter((drafted) => drafted === 0).length).toBeLessThan(10);
  });
});
