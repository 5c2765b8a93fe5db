import { expect, it } from 'vitest';
import { compareRuns } from '../../src/core/run/comparison';
import { meanParts, speedupParts } from '../../src/core/run/speedupParts';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings, Verdict } from '../../src/core/types';

/** A run of rounds with so many tokens each, whose passes take `passMs` and readbacks `readbackMs`, on a device of which a readback is known. */
function runOf(
  mode: RunSettings['mode'],
  rounds: readonly number[],
  passMs: (tokens: number) => number,
  readbackMs: number,
  known = true,
): RunEvent[] {
  const calibration = known
    ? { rows: [1, 5], contexts: [0], verifyMs: [[8, 12]], draftMs: [1], readbackMs, plainFixedMs: readbackMs, roundFixedMs: readbackMs }
    : null;
  let [at, id] = [0, 0];
  return [
    {
      ...{ type: 'start', prompt: 'p', promptIds: [1], calibration, clockStepMs: 0.1 },
      settings: { ...DEFAULT_RUN, mode },
      labels: { target: 't', draft: mode === 'plain' ? null : 'd', adapter: 'a' },
    },
    ...[1, ...rounds].map((tokens, index): RunEvent => {
      const startMs = at;
      at += passMs(tokens) + readbackMs;
      const plain = mode === 'plain' || index === 0;
      const verdict = (i: number): Verdict => (plain ? 'plain' : i === tokens - 1 ? 'bonus' : 'accepted');
      return {
        ...{ type: 'round', index, readbacks: 1, limits: { model: 4, ngram: 0 }, device: null, startMs, endMs: at },
        ...(plain && tokens > 1 ? { passes: tokens } : {}),
        source: plain ? null : 'model',
        tokens: Array.from({ length: tokens }, (_, i) => ({
          id: id++,
          verdict: verdict(i),
          text: 'x',
          p: null,
          q: null,
          u: null,
          candidates: null,
        })),
      };
    }),
    { type: 'end', reason: 'length', endMs: at },
  ];
}

const SINGLE = Array<number>(40).fill(1);
const FOUR = Array<number>(10).fill(4);

it('splits a speedup into what readbacks and what passes gain, whose product it is', () => {
  const speculative = runOf('speculative', FOUR, () => 16, 100);
  for (const [plain, readbacks] of [
    [runOf('plain', SINGLE, (tokens) => 8 * tokens, 100), (8 + 100) / (8 + 25)],
    [runOf('plain', FOUR, (tokens) => 8 * tokens, 100), 1],
    [runOf('plain', [20, 20], (tokens) => 8 * tokens, 100), (8 + 5) / (8 + 25)],
  ] as const) {
    const parts = speedupParts(speculative, plain);
    expect(parts?.readbacks).toBeCloseTo(readbacks);
    expect(parts?.passes).toBeCloseTo((8 + 25) / (116 / 4));
    expect((parts?.readbacks ?? 0) * (parts?.passes ?? 0)).toBeCloseTo(compareRuns(speculative, plain)?.speedup.decoding ?? 0);
  }
});

it('says nothing where nothing was read back, as on the CPU', () => {
  const onCpu = (events: readonly RunEvent[]) => events.map((event) => (event.type === 'round' ? { ...event, readbacks: 0 } : event));
  const speculative = runOf('speculative', FOUR, () => 16, 0);
  const plain = runOf('plain', SINGLE, () => 8, 0);
  expect(speedupParts(speculative, plain)).not.toBeNull();
  expect(speedupParts(onCpu(speculative), onCpu(plain))).toBeNull();
});

it('says nothing where a readback was not measured, or the runs cannot be compared', () => {
  const plain = runOf('plain', SINGLE, () => 8, 100, false);
  expect(
    speedupParts(
      runOf('speculative', FOUR, () => 16, 100, false),
      plain,
    ),
  ).toBeNull();
  const [start, ...rest] = plain;
  expect(
    speedupParts(
      runOf('speculative', FOUR, () => 16, 100),
      [{ ...start, prompt: 'q', promptIds: [2] } as RunEvent, ...rest],
    ),
  ).toBeNull();
});

it('has geometric means', () => {
  expect(meanParts([])).toBeNull();
  expect(
    meanParts([
      { readbacks: 1, passes: 2 },
      { readbacks: 4, passes: 0.5 },
    ]),
  ).toEqual({ readbacks: 2, passes: 1 });
});
