import { describe, expect, it } from 'vitest';
import { clockStep, steadyClock } from '../../src/core/clock';
import { calibrate } from '../../src/core/cost/calibrate';
import { type Calibration, predictedSpeedup, roundMs } from '../../src/core/cost/cost';
import type { DeviceTimes } from '../../src/core/types';
import { PAIR_COSTS, slowPair, Time } from '../support/slowPair';

const LANGUAGE = { vocabularySize: 40, order: 2, seed: 3 };
const exactly = (times: DeviceTimes) => times;
const none = () => null;

interface Situation {
  readonly stepMs?: number;
  readonly told?: (times: DeviceTimes) => DeviceTimes | null;
  readonly context?: number;
  readonly clock?: (time: Time) => () => number;
}

function measure({ stepMs = 0.1, told = exactly, context = 1024, clock = (time) => time.steps(stepMs) }: Situation = {}) {
  const time = new Time();
  const { drafter, target } = slowPair(time, LANGUAGE, context, told);
  const source = clock(time);
  const clockStepMs = clockStep(steadyClock(source));
  return calibrate(drafter, target, {
    clock: steadyClock(source),
    clockStepMs,
    readbackMs: PAIR_COSTS.readback,
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
