import { describe, expect, it } from 'vitest';
import { type Calibration, predictedSpeedup, roundMs, scaleCosts } from '../../src/core/cost/cost';
import { learnCosts } from '../../src/core/cost/learnCosts';
import { speculate } from '../../src/core/loop/speculate';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { DeviceTimes, RunEvent, RunSettings } from '../../src/core/types';
import { type PairCosts, slowPair, Time } from '../support/slowPair';

const REAL: PairCosts = { verify: (rows) => 6 + 1.5 * rows, draft: 0.8, readback: 1.5 };

/** What `REAL` costs, as a calibration tells it. */
const TRUE: Calibration = {
  ...{ rows: [1, 2, 5, 9, 17], contexts: [0], verifyMs: [[1, 2, 5, 9, 17].map(REAL.verify)], draftMs: [REAL.draft] },
  ...{ readbackMs: 1.5, plainFixedMs: 1.5, roundFixedMs: 1.5 },
};

/** A run of a pair that costs `REAL`, `times` as long. @param told of the device's clock */
async function runOf(
  settings: Partial<RunSettings>,
  { times = 1, readback = REAL.readback, told = (each: DeviceTimes): DeviceTimes | null => each, maxTokens = 160 } = {},
) {
  const time = new Time();
  const costs = { verify: (rows: number) => times * REAL.verify(rows), draft: times * REAL.draft, readback };
  const { drafter, target } = slowPair(time, { vocabularySize: 900, order: 2, seed: 3 }, 600, told, { costs });
  const plain = settings.mode === 'plain';
  const events: RunEvent[] = [];
  for await (const event of speculate(plain ? null : drafter, target, {
    ...{ prompt: 'any', promptIds: [1, 2, 3], labels: { target: 't', draft: plain ? null : 'd', adapter: 'none' } },
    settings: { ...DEFAULT_RUN, maxTokens, ...settings },
    ...{ calibration: TRUE, readbackMs: 1.5, clockStepMs: 0.1, stopTokens: new Set<number>() },
    detokenizer: { decode: (ids) => 'x'.repeat(ids.length) },
    ...{ clock: time.steps(0.1), signal: { aborted: false } },
  })) {
    events.push(event);
  }
  return events;
}

/** `events` of a run that stood still for `ms` in its round `at`. */
function paused(events: readonly RunEvent[], at: number, ms: number): RunEvent[] {
  const by = (index: number) => (index > at ? ms : 0);
  return events.map((event) =>
    event.type === 'round'
      ? { ...event, startMs: event.startMs + by(event.index), endMs: event.endMs + by(event.index + 1) }
      : event.type === 'end'
        ? { ...event, endMs: event.endMs + ms }
        : event,
  );
}

const speedups = (costs: Calibration) => [1, 4, 8].map((gamma) => predictedSpeedup(costs, 0.8, gamma, 0));

/** How far speedups by `costs` are from those by `real`, at most. */
function error(costs: Calibration, real: Calibration): number {
  const expected = speedups(real);
  return Math.max(...speedups(costs).map((speedup, i) => Math.abs(speedup / (expected[i] as number) - 1)));
}

describe('what a run teaches of costs', () => {
  it('is nothing where they are true', async () => {
    for (const settings of [{ gamma: 4 }, { gamma: 'auto' }, { mode: 'plain' }] as const) {
      const learnt = learnCosts(TRUE, await runOf(settings));
      expect(error(learnt, TRUE), JSON.stringify(settings)).toBeLessThan(0.03);
    }
  });

  it('is that a machine is slower now, which changes no speedup', async () => {
    for (const settings of [{ gamma: 4 }, { mode: 'plain' }] as const) {
      const learnt = learnCosts(TRUE, await runOf(settings, { times: 3 }));
      for (const gamma of [0, 4]) expect(roundMs(learnt, gamma, 0) / roundMs(TRUE, gamma, 0)).toBeGreaterThan(2);
      expect(error(learnt, { ...scaleCosts(TRUE, 3), plainFixedMs: 1.5, roundFixedMs: 1.5 })).toBeLessThan(0.05);
    }
  });

  it('is what the draft, some rows and the rest of a round cost, where a measurement was wrong there', async () => {
    const wrong: Calibration = { ...TRUE, draftMs: [3 * REAL.draft], roundFixedMs: 4 };
    expect(error(wrong, TRUE)).toBeGreaterThan(0.2);
    expect(error(learnCosts(wrong, await runOf({ gamma: 4 })), TRUE)).toBeLessThan(0.1);
    const rows: Calibration = { ...TRUE, verifyMs: [[1, 2, 5, 9, 17].map((each) => REAL.verify(each) * (each === 5 ? 1.3 : 1))] };
    const adaptive = learnCosts(rows, await runOf({ gamma: [4, 1, 4, 0, 4, 8].map((model) => ({ model, ngram: 0 })) }));
    expect(error(adaptive, TRUE)).toBeLessThan(error(rows, TRUE));
  });

  it.each(['of the only round without a draft', 'of the only round with one'])('is nothing of a pause in the middle %s', async (which) => {
    const [usual, rare] = which.includes('without') ? [4, 0] : [0, 4];
    const at = 5;
    const gamma = Array.from({ length: at + 2 }, (_, round) => ({ model: round === at ? rare : usual, ngram: 0 }));
    const events = await runOf({ gamma });
    const round = events.find((event) => event.type === 'round' && event.index === at);
    expect(round?.type === 'round' && round.tokens.length > 1).toBe(rare > 0);
    const learnt = learnCosts(TRUE, paused(events, at, 300));
    expect(error(learnt, TRUE)).toBeLessThan(0.03);
  });

  it('is what is fixed of rounds without drafts too, where a run that only drafts does more between them than was measured', async () => {
    const slower = { ...TRUE, plainFixedMs: 2.5, roundFixedMs: 2.5 };
    const learnt = learnCosts(TRUE, await runOf({ gamma: 4 }, { readback: 2.5 }));
    expect(learnt.plainFixedMs).toBeCloseTo(learnt.roundFixedMs, 5);
    expect(error(learnt, slower)).toBeLessThan(0.02);
    expect(error({ ...learnt, plainFixedMs: TRUE.plainFixedMs }, slower)).toBeGreaterThan(0.05);
    // Which comes once to plain tokens that are read back together.
    const shared = learnCosts({ ...TRUE, plainSharedMs: 1.5 }, await runOf({ gamma: 4 }, { readback: 2.5 }));
    expect((shared.plainSharedMs as number) - 1.5).toBeCloseTo(shared.plainFixedMs - 1.5, 5);
    expect(error(shared, { ...slower, plainSharedMs: 2.5 })).toBeLessThan(0.02);
    expect(error({ ...shared, plainSharedMs: 1.5 }, { ...slower, plainSharedMs: 2.5 })).toBeGreaterThan(0.05);
    const plain = learnCosts(TRUE, await runOf({ mode: 'plain' }, { readback: 2.5 }));
    expect(plain.roundFixedMs).toBeCloseTo(plain.plainFixedMs, 5);
  });

  it('is only how fast the machine is, where the device has no clock', async () => {
    const learnt = learnCosts(TRUE, await runOf({ gamma: 4 }, { times: 2, told: () => null }));
    const times = (learnt.draftMs[0] as number) / REAL.draft;
    expect(times).toBeGreaterThan(1.3);
    expect(error(learnt, scaleCosts(TRUE, times))).toBeLessThan(1e-9);
  });

  it('is nothing where the run is short, a person drafts, or the clock cannot tell', async () => {
    expect(learnCosts(TRUE, await runOf({ gamma: 4 }, { times: 5, maxTokens: 12 }))).toBe(TRUE);
    const events = await runOf({ gamma: 4 }, { times: 5 });
    expect(learnCosts(TRUE, events)).not.toBe(TRUE);
    expect(
      learnCosts(
        TRUE,
        events.map((event) => (event.type === 'round' ? { ...event, waitedMs: 5 } : event)),
      ),
    ).toBe(TRUE);
    expect(
      learnCosts(
        TRUE,
        events.map((event) => (event.type === 'start' ? { ...event, clockStepMs: 1000 } : event)),
      ),
    ).toBe(TRUE);
  });
});
