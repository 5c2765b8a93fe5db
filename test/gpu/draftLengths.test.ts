import { describe, expect, it } from 'vitest';
import { verifyMs } from '../../src/core/cost/cost';
import { outputText } from '../../src/core/loop/text';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { sendToWorker } from '../../src/worker/client';
import { engineWorker, runOnWorker, shippedPair } from './support/runs';

const PROMPT = 'Tell me a story about a fox.';
const worker = engineWorker();

const run = (settings: Partial<RunSettings>) =>
  runOnWorker(worker, 'draft', PROMPT, { ...DEFAULT_RUN, maxTokens: 48, ignoreStopTokens: true, ...settings });
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);
const rounds = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'round');
const drafted = (events: readonly RunEvent[]) =>
  rounds(events).map(({ tokens }) => tokens.filter(({ verdict }) => ['accepted', 'rejected', 'discarded'].includes(verdict)).length);

describe('the length of drafts', () => {
  it('may adapt, and a run is repeated from its seed and the lengths that it recorded', async () => {
    for (const drafting of ['model', 'mixed'] as const) {
      const sampling = { ...DEFAULT_RUN.sampling, temperature: 0.9, seed: 11 };
      const events = await run({ gamma: 'auto', sampling, drafting });
      const again = await run({ gamma: rounds(events).map(({ limits }) => limits), sampling, drafting });
      expect(ids(again)).toEqual(ids(events));
      expect(drafted(again)).toEqual(drafted(events));
      expect(tally(events).readbacks).toBe(rounds(events).length);
    }
  });

  it('ends where the draft is not confident, at a readback a draft, and the text stays', async () => {
    const greedy = await run({ gamma: 8 });
    for (const sampling of [DEFAULT_RUN.sampling, { ...DEFAULT_RUN.sampling, temperature: 0.7, seed: 2, rule: 'coupled' as const }]) {
      const expected = ids(sampling.temperature === 0 ? greedy : await run({ mode: 'plain', sampling }));
      const events = await run({ gamma: 8, confidence: 0.8, sampling });
      expect(ids(events)).toEqual(expected);
      const lengths = drafted(events).slice(1, -1);
      expect(Math.min(...lengths)).toBeLessThan(8);
      expect(Math.max(...lengths)).toBeGreaterThan(1);
      for (const [i, { readbacks, limits }] of rounds(events).entries()) {
        const length = drafted(events)[i] as number;
        // The draft that was not confident enough was looked at too.
        expect(readbacks).toBe(1 + (length === 0 ? 0 : Math.min(limits.model, length + 1)));
      }
    }
  });
});

describe('stop strings', () => {
  it('end the run with the token that completes one, and the text before it', async () => {
    const whole = outputText(await run({ gamma: 4 }));
    const middle = whole.slice(40, 46);
    for (const gamma of [1, 5]) {
      const events = await run({ gamma, stopStrings: ['never said', middle] });
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stop', stopString: middle });
      expect(outputText(events)).toBe(whole.slice(0, whole.indexOf(middle)));
    }
  });
});

describe('a calibration', () => {
  it('measures forwards that take longer by rows, and leaves the engine ready', async () => {
    const measured = [];
    for await (const update of sendToWorker(worker, { type: 'calibrate', pair: await shippedPair('draft') })) {
      if (update.type === 'calibration') measured.push(update);
    }
    expect(measured).toHaveLength(1);
    const { calibration, adapter } = measured[0] as (typeof measured)[0];
    if (!calibration) throw new Error('the clock of this browser is too coarse');
    expect(adapter).not.toBe('');
    expect(calibration.contexts).toHaveLength(calibration.verifyMs.length);
    for (const byRows of calibration.verifyMs) expect(byRows).toHaveLength(calibration.rows.length);
    expect(verifyMs(calibration, 17, 32)).toBeGreaterThan(verifyMs(calibration, 1, 32));
    for (const ms of [...calibration.draftMs, calibration.readbackMs ?? Number.NaN, calibration.plainFixedMs, calibration.roundFixedMs]) {
      expect(ms).toBeGreaterThan(0);
    }
    expect(ids(await run({ gamma: 4 }))).toHaveLength(48);
  });
});
