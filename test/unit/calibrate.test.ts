import { describe, expect, it } from 'vitest';
import { clockStep, steadyClock } from '../../src/core/clock';
import { calibrate } from '../../src/core/cost/calibrate';
import { type Calibration, draftMs, expectedTokens, plainTokenMs, predictedSpeedup, roundMs, verifyMs } from '../../src/core/cost/cost';
import { usualPlain } from '../../src/core/cost/plainLength';
import { FailureError } from '../../src/core/failure';
import type { DeviceTimes } from '../../src/core/types';
import { randomNumbers } from '../support/random';
import { PAIR_COSTS, type PairCosts, slowPair, Time } from '../support/slowPair';

const LANGUAGE = { vocabularySize: 40, order: 2, seed: 3 };
const exactly = (times: DeviceTimes) => times;
const none = () => null;

interface Situation {
  readonly stepMs?: number;
  readonly told?: (times: DeviceTimes) => DeviceTimes | null;
  readonly context?: number;
  readonly clock?: (time: Time) => () => number;
  readonly readbackMs?: number | null;
}

function measure({
  stepMs = 0.1,
  told = exactly,
  context = 1024,
  clock = (time) => time.steps(stepMs),
  readbackMs = PAIR_COSTS.readback,
}: Situation = {}) {
  const time = new Time();
  const { drafter, target } = slowPair(time, LANGUAGE, context, told);
  const source = clock(time);
  const clockStepMs = clockStep(steadyClock(source));
  return calibrate(drafter, target, {
    clock: steadyClock(source),
    clockStepMs,
    readbackMs,
    signal: { aborted: false },
  });
}

/** As near as `within` to what rounds of the pair really take. */
function expectTrue(costs: Calibration | null, within = 0.1): void {
  if (!costs) throw new Error('nothing was told');
  for (const gamma of [0, 1, 4, 8, 16]) {
    const real = gamma * PAIR_COSTS.draft + PAIR_COSTS.verify(gamma + 1) + PAIR_COSTS.readback;
    expect(roundMs(costs, gamma, 32) / real, `γ ${gamma}`).toBeGreaterThan(1 - within);
    expect(roundMs(costs, gamma, 32) / real, `γ ${gamma}`).toBeLessThan(1 + within);
  }
}

/** A pair of which a decode takes `decodeMs`, as a real model on a software adapter; drafted for by itself. */
const slow = (decodeMs: number): PairCosts => ({
  verify: (rows) => decodeMs * (1 + 0.3 * (rows - 1)),
  draft: decodeMs,
  readback: 1,
});

/** Calibrates that pair, stopped at `stopMs` of the made-up time. @returns what it took of that time, too */
async function calibrateSlow(decodeMs: number, { drafts = true, stopMs = Infinity } = {}) {
  const time = new Time();
  const { drafter, target } = slowPair(time, LANGUAGE, 1024, exactly, { costs: slow(decodeMs) });
  const clock = time.steps(0.1);
  const signal = {
    get aborted() {
      return time.ms >= stopMs;
    },
  };
  const costs = await calibrate(drafts ? drafter : null, target, { clock, clockStepMs: 0.1, readbackMs: 1, signal }).catch(
    (thrown: unknown) => (thrown instanceof FailureError ? thrown.failure.code : thrown),
  );
  return { costs: costs as Calibration | null | 'aborted', ms: time.ms };
}

describe('a calibration of a slow pair', () => {
  it('takes about three seconds, and says what it left out', async () => {
    for (const drafts of [true, false]) {
      for (const decodeMs of [20, 50, 80, 115]) {
        const { costs, ms } = await calibrateSlow(decodeMs, { drafts });
        expect(ms, `${decodeMs} ms`).toBeLessThan(4500);
        expect(costs, `${decodeMs} ms`).toMatchObject({ coarse: true });
        for (const rows of [1, 2, 5, 9, 17]) {
          expect(verifyMs(costs as Calibration, rows, 32) / slow(decodeMs).verify(rows), `${decodeMs} ms, ${rows} rows`).toBeCloseTo(1, 1);
        }
      }
    }
  });

  it('times one, two and five rows once in one context, however slow', async () => {
    const { costs, ms } = await calibrateSlow(2000);
    expect(costs).toMatchObject({ coarse: true, rows: [1, 2, 5], contexts: [32] });
    expect(draftMs(costs as Calibration, 32)).toBeCloseTo(2000, 0);
    const { verify, draft } = slow(2000);
    const least = [1, 2, 5].reduce((sum, rows) => sum + verify(rows) + (rows - 1) * draft + 1, 0);
    // The prompt, and each of them twice: the first of its shape does not count.
    expect(ms).toBeLessThan(verify(32) + 2 * least + 10);
  });

  it('ends with the pass that is under way when a run comes', async () => {
    const { verify, draft } = slow(500);
    for (let stopMs = 100; stopMs < 12_000; stopMs += 700) {
      const { costs, ms } = await calibrateSlow(500, { stopMs });
      expect(costs, `stopped at ${stopMs} ms`).toBe('aborted');
      expect(ms - stopMs, `stopped at ${stopMs} ms`).toBeLessThan(Math.max(verify(32), verify(5) + 4 * draft + 2));
    }
  });

  it('keeps no time of a readback that could not be told, and prices rounds all the same', async () => {
    const costs = await measure({ readbackMs: null });
    expect(costs).toMatchObject({ readbackMs: null });
    expectTrue(costs);
  });

  it('tells what plain tokens spare each other that are read back together, of which a bare readback is only a part', async () => {
    const costs = await measure({ readbackMs: 0.2 });
    expect(costs?.plainSharedMs).toBeCloseTo(PAIR_COSTS.readback, 1);
    expect(plainTokenMs(costs as Calibration, 32)).toBeCloseTo(PAIR_COSTS.verify(1) + PAIR_COSTS.readback / 16, 0);
    expect((await calibrateSlow(500)).costs).not.toHaveProperty('plainSharedMs');
  });

  it('of a fast one times everything', async () => {
    const costs = await measure();
    expect(costs).toMatchObject({ rows: [1, 2, 4, 5, 8, 9, 17], contexts: [32, 384] });
    expect(costs).not.toHaveProperty('coarse');
  });
});

describe('a calibration on a machine with other work', () => {
  /** Over plain decoding that reads back as many tokens together as are fastest. */
  function speedup({ verify, draft, readback }: PairCosts, gamma: number): number {
    const plainMs = verify(1) + readback / usualPlain({ sharedMs: readback, tokenMs: verify(1) });
    return (expectedTokens(0.8, gamma) * plainMs) / (gamma * draft + verify(gamma + 1) + readback);
  }

  /** How far off the predicted speedups of `real` are, where every forward takes as many times as long as `factor` says of its moment. */
  async function errors(factor: (ms: number) => number, real = PAIR_COSTS): Promise<number[]> {
    const time = new Time();
    const by = (ms: number) => ms * factor(time.ms);
    const costs: PairCosts = {
      verify: (rows) => by(real.verify(rows)),
      get draft() {
        return by(real.draft);
      },
      readback: real.readback,
    };
    const { drafter, target } = slowPair(time, LANGUAGE, 1024, exactly, { costs });
    const measured = await calibrate(drafter, target, {
      clock: time.steps(0.1),
      clockStepMs: 0.1,
      readbackMs: 1,
      signal: { aborted: false },
    });
    return [2, 4, 8, 16].map((gamma) => predictedSpeedup(measured as Calibration, 0.8, gamma, 32) / speedup(real, gamma) - 1);
  }

  it.each([
    ['shorter', PAIR_COSTS, 0.05],
    // Of which plain tokens that are read back together are spared most.
    ['as long as a pass', { ...PAIR_COSTS, readback: 4 }, 0.1],
  ])(
    'predicts nearly all speedups to a tenth where one round in five takes up to four times as long: a readback is %s',
    async (_, real, few) => {
      const machines = 100;
      let off = 0;
      for (let seed = 0; seed < machines; seed++) {
        const draw = randomNumbers(seed);
        const found = await errors(() => (draw() < 0.2 ? 1 + 3 * draw() : 1), real);
        if (found.some((error) => Math.abs(error) > 0.1)) off++;
      }
      expect(off / machines).toBeLessThanOrEqual(few);
    },
  );

  it('takes no pause that every plain round had for what plain decoding costs', async () => {
    const time = new Time();
    // The device's own clock does not see it.
    const paused = (times: DeviceTimes) => {
      if (times.draftMs === 0) time.ms += 40;
      return times;
    };
    const { drafter, target } = slowPair(time, LANGUAGE, 1024, paused);
    const setup = { clock: time.steps(0.1), clockStepMs: 0.1, readbackMs: 1, signal: { aborted: false } };
    expectTrue(await calibrate(drafter, target, setup));
  });

  it('predicts speedups to a tenth where the machine is half as fast for a while, whenever that is', async () => {
    for (let from = 0; from < 3000; from += 150) {
      for (const lasts of [60, 250, 600]) {
        const slowed = await errors((ms) => (ms > from && ms < from + lasts ? 2 : 1));
        for (const error of slowed) expect(Math.abs(error), `${lasts} ms from ${from} ms on`).toBeLessThan(0.1);
      }
    }
  });
});

describe('a calibration', () => {
  it.each([
    [0.1, 0.02],
    [1, 0.1],
    [16.7, 0.2],
  ])('tells what rounds take by a clock of steps of %s ms, with the device’s clock and without', async (stepMs, within) => {
    expectTrue(await measure({ stepMs }), within);
    expectTrue(await measure({ stepMs, told: none }), within);
  });

  it('tells drafting from verification without the device’s clock', async () => {
    const costs = await measure({ told: none });
    expect(costs?.draftMs[0]).toBeCloseTo(PAIR_COSTS.draft, 1);
    expect(costs?.verifyMs[0]?.[0]).toBeCloseTo(PAIR_COSTS.verify(1), 0);
  });

  it.each([100, 250, Infinity])('says that it cannot tell by a clock of steps of %s ms', async (stepMs) => {
    expect(await measure({ stepMs })).toBeNull();
    expect(await measure({ stepMs, told: none })).toBeNull();
  });

  it('says so where the clock stops in the middle, instead of going on for ever', async () => {
    let readings = 0;
    const stopping = (time: Time) => {
      const clock = time.steps(0.1);
      return () => (readings++ < 100_000 && time.ms < 40 ? clock() : 40);
    };
    expect(await measure({ clock: stopping, told: none })).toBeNull();
  });

  it('leaves out what a device says whose clock stepped back, and has a price for every round where it does so now and then', async () => {
    let rounds = 0;
    const jumping = (times: DeviceTimes) => (rounds++ % 5 === 4 ? { draftMs: -3, verifyMs: -1e9 } : times);
    const costs = await measure({ told: jumping });
    expectTrue(costs);
    expectTrue(await measure({ told: () => ({ draftMs: -1, verifyMs: -1 }) }));
    expect(await measure({ told: () => ({ draftMs: 0, verifyMs: 0 }) })).toBeNull();
  });

  it('promises nothing that cannot be, whatever the clock', async () => {
    for (const stepMs of [0.1, 1, 5, 16.7, 20, 33, 100]) {
      for (const told of [exactly, none]) {
        const costs = await measure({ stepMs, told });
        if (!costs) continue;
        // 17 tokens for 22 ms, and one for 6 ms.
        expect(predictedSpeedup(costs, 1, 16, 32), `${stepMs} ms`).toBeLessThan(1.15 * ((17 * 6) / 30));
      }
    }
  });

  it('measures a model once whose context is shorter than what it measures at', async () => {
    const costs = await measure({ context: 40 });
    expect(costs?.contexts).toHaveLength(1);
    expect(Number.isFinite(roundMs(costs as Calibration, 4, 30))).toBe(true);
  });
});
