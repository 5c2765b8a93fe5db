import type { Calibration } from './cost';
import { FailureError } from './failure';
import { DEFAULT_RUN } from './settings';
import type { Drafter, StopSignal, Target, TokenId } from './types';

/** Rows of the forwards that are timed: around what kernels are tiled by, where times step. */
const ROWS = [1, 2, 4, 5, 8, 9, 17] as const;
/** Tokens in the cache meanwhile, as far as the context goes. */
const CONTEXTS = [32, 384] as const;
const REPETITIONS = 3;

export interface CalibrationSetup {
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
  /** Milliseconds of one bare map of a small buffer. */
  readonly readbackMs: number;
  readonly signal: StopSignal;
}

/**
 * Times real rounds of a pair, each after as many tokens as its context says: the device's own clock tells the forwards apart, and what the
 * round took beyond them is its fixed cost. Without such a clock the bare readback counts as the fixed cost. Empties both caches.
 *
 * @returns medians of three rounds each
 * @throws FailureError aborted
 */
export async function calibrate(drafter: Drafter, target: Target, { clock, readbackMs, signal }: CalibrationSetup): Promise<Calibration> {
  const contextLength = Math.min(drafter.capabilities.contextLength, target.capabilities.contextLength);
  const contexts = CONTEXTS.map((context) => Math.min(context, contextLength - Math.max(...ROWS) - 1));
  const vocabulary = Math.min(drafter.capabilities.vocabularySize, target.capabilities.vocabularySize);
  const fixed: { plain: number[]; round: number[] } = { plain: [], round: [] };
  const verifyMs: number[][] = [];
  const draftMs: number[] = [];
  try {
    for (const context of contexts) {
      const history: TokenId[] = Array.from({ length: context + 1 }, (_, i) => i % vocabulary);
      for (const model of [drafter, target]) {
        model.truncate(0);
        await model.begin(DEFAULT_RUN, history.length);
        await model.prefill(history.slice(0, -1), signal);
      }
      const timesByRows: number[][] = ROWS.map(() => []);
      const draftSteps: number[] = [];
      // The first round of each shape makes what the next ones find ready.
      for (let repetition = -1; repetition < REPETITIONS; repetition++) {
        for (const [index, rows] of ROWS.entries()) {
          if (signal.aborted) throw new FailureError('aborted', 'The measurement was stopped.', 'Run to go on without it.');
          const gamma = rows - 1;
          const start = clock();
          const proposal = gamma > 0 ? await drafter.propose(history, { model: gamma, lookup: 0 }) : null;
          const proposedMs = clock() - start;
          const { device } = await target.verify(history, proposal);
          const roundMs = clock() - start;
          for (const model of [drafter, target]) model.truncate(history.length - 1);
          if (repetition < 0) continue;
          const verify = device?.verifyMs ?? roundMs - proposedMs - readbackMs;
          const draft = device?.draftMs ?? proposedMs;
          timesByRows[index]?.push(Math.max(0, verify));
          if (gamma > 0) draftSteps.push(draft / gamma);
          fixed[gamma > 0 ? 'round' : 'plain'].push(Math.max(0, roundMs - verify - draft));
        }
      }
      verifyMs.push(timesByRows.map(median));
      draftMs.push(median(draftSteps));
    }
  } finally {
    for (const model of [drafter, target]) model.truncate(0);
  }
  const rows: readonly number[] = ROWS;
  return { rows, contexts, verifyMs, draftMs, readbackMs, plainFixedMs: median(fixed.plain), roundFixedMs: median(fixed.round) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
