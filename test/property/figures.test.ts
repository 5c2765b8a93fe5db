import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costRatio, expectedTokens, plainTokenMs, roundMs, sharedMs, verifyRatio } from '../../src/core/cost/cost';
import { type CostFigures, runFigures } from '../../src/core/cost/figures';
import { pricedRounds, runRates } from '../../src/core/cost/pricing';
import { startOf } from '../../src/core/run/tally';
import type { RunEvent } from '../../src/core/types';
import { calibrations, runEvents } from '../support/runEvents';

const cases = fc.record({ events: runEvents, recorded: fc.boolean(), device: fc.option(calibrations) });

/** The figures of one machine, whichever is there. */
function each({ events, recorded, device }: { events: RunEvent[]; recorded: boolean; device: CostFigures['costs'] | null }): CostFigures[] {
  const { here, there } = runFigures(events, recorded, device);
  return [here, there].filter((figures) => figures !== null);
}

describe('the figures of any run with any costs', () => {
  it('have the predicted speedup that follows from the c and v beside it', () => {
    fc.assert(
      fc.property(cases, (one) => {
        for (const { predicted, tokens, price } of each(one)) {
          expect(predicted === null).toBe(tokens === null);
          expect(price.whole).toBeCloseTo(price.steps * price.draft + price.verify + price.fixed, 9);
          if (predicted !== null && tokens !== null) expect(predicted).toBeCloseTo((tokens * price.plain) / price.whole, 9);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have one c: the costs’ own, the verdict’s and the price’s', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { byNgram } = runFigures(one.events, one.recorded, one.device);
        for (const { costs, context, price, advice } of each(one)) {
          expect(price.draft).toBe(costRatio(costs, context));
          expect(advice.costRatio).toBe(byNgram ? 0 : price.draft);
          expect(advice.verifyRatio).toBe(verifyRatio(costs, advice.best.gamma, context));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('predict what the rounds cost, added up one by one at the same length of the context', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const rates = runRates(one.events);
        for (const { costs, context, predicted } of each(one)) {
          if (predicted === null) continue;
          let [plain, speculative] = [0, 0];
          for (const { gamma, source, passes } of pricedRounds(one.events)) {
            plain += (source && gamma > 0 ? expectedTokens(rates[source], gamma) : passes) * plainTokenMs(costs, context);
            speculative += passes * roundMs(costs, gamma, context, source ?? 'model') - (passes - 1) * sharedMs(costs, context);
          }
          expect(predicted / (plain / speculative)).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('say how many times as fast the run was as a plain token costs there, of speculative runs alone', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { counts } = runFigures(one.events, one.recorded, one.device);
        const plain = startOf(one.events)?.settings.mode === 'plain';
        for (const { costs, context, reached } of each(one)) {
          if (plain || counts.tokensPerSecond === null) expect(reached).toBeNull();
          else expect((reached ?? 0) / ((counts.tokensPerSecond * plainTokenMs(costs, context)) / 1000)).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('say whose costs they are, and never call another machine’s this device’s', () => {
    fc.assert(
      fc.property(cases, ({ events, recorded, device }) => {
        const { here, there, lead } = runFigures(events, recorded, device);
        const noted = startOf(events)?.calibration ?? null;
        expect(there?.costs ?? null).toBe(recorded ? noted : null);
        expect(here?.costs ?? null).toBe(device ?? (recorded ? null : noted));
        if (there) expect(there.costsOf).toBe('recorder');
        if (here) expect(here.costsOf).toBe(device ? 'device-now' : 'device-then');
        expect(lead).toBe(here ?? there);
      }),
      { numRuns: 500 },
    );
  });

  it('change with the device’s costs where a run is its own, and keep a recorder’s', () => {
    fc.assert(
      fc.property(runEvents, calibrations, calibrations, (events, one, other) => {
        const [before, after] = [one, other].map((device) => runFigures(events, true, device));
        expect(after?.there).toEqual(before?.there);
        expect(after?.counts).toEqual(before?.counts);
        expect(after?.here?.costs).toBe(other);
      }),
      { numRuns: 200 },
    );
  });
});
