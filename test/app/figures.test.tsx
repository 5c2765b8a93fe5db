import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { Calibration } from '../../src/core/cost/cost';
import { runFigures } from '../../src/core/cost/figures';
import { tally } from '../../src/core/run/tally';
import type { RunEvent } from '../../src/core/types';
import { measureCalibration } from '../../src/store/engine/calibration';
import { showTrace } from '../../src/store/recordings/recording';
import { showRun } from '../../src/store/run/run';
import { formatRatio, formatShare } from '../../src/ui/format';
import { costs as costWords } from '../../src/ui/texts';
import { speeds } from '../../src/ui/texts/speeds';
import { calibrations, runEvents } from '../support/runEvents';
import { openPage, prompt, runToEnd } from './support/openPage';
import { showView } from './support/views';

afterEach(() => {
  location.hash = '';
});

/** All figures of this name on the page, with whose costs they say they are. */
function figures(key: string, costsOf?: string): string[] {
  const scope = costsOf ? `[data-costs-of="${costsOf}"] ` : '';
  return [...document.querySelectorAll(`${scope}[data-count="${key}"]`)].map((element) => element.textContent ?? '');
}

const region = (name: string) => page.getByRole('region', { name });

/** Numbers of the formula that explains a prediction: tokens, plain, steps, c, v, the rest. */
function formulaIn(text: string): number[] {
  const match =
    /([\d.,]+) tokens a round × ([\d.,]+) for each plain token ÷ \(([\d.,]+) steps × c ([\d.,]+) \+ v ([\d.,]+) \+ ([\d.,]+) other costs\)/.exec(
      text,
    );
  return (match ?? []).slice(1).map((digits) => Number(digits.replaceAll(',', '')));
}

/** The prediction that follows from the figures shown, with what their rounding may change. */
function expectFormula([tokens = 0, plain = 0, steps = 0, c = 0, v = 0, rest = 0]: number[], shown: string): void {
  const whole = steps * c + v + rest;
  const predicted = (tokens * plain) / whole;
  const half = 0.005;
  const unsure = half * (1 / tokens + 1 / plain + (steps + c + 2) / whole) * 1.2;
  const said = Number(shown.replace(' ×', '').replaceAll(',', ''));
  expect(Math.abs(said - predicted), `${shown} of ${predicted}`).toBeLessThanOrEqual(predicted * unsure + half);
}

const COSTS: Calibration = {
  ...{ rows: [1, 2, 5, 17], contexts: [32, 512], draftMs: [2.5, 2.5] },
  verifyMs: [
    [10, 11, 14, 40],
    [11, 12, 15, 42],
  ],
  ...{ readbackMs: 0.5, plainFixedMs: 1, roundFixedMs: 2 },
};

/** A run of this engine, as if another machine had recorded it with costs of its own. */
async function recordingOf(calibration: Calibration | null): Promise<RunEvent[]> {
  const { useRun } = await import('../../src/store/run/run');
  await prompt().fill('A fox.');
  await runToEnd();
  return useRun.getState().events.map((event) => (event.type === 'start' ? { ...event, calibration } : event));
}

const ABOUT = { title: 'A recording', recordedAt: '2026-11-28T00:00:00.000Z', machine: 'another machine', leftOut: [] } as const;

describe('a recording', () => {
  it('has the recorder’s figures under the recorder’s name, and this device’s beside them once it is measured', async () => {
    await openPage({ settings: { adaptive: false } });
    const events = await recordingOf(COSTS);
    const { useCalibration } = await import('../../src/store/engine/calibration');
    await expect.poll(() => useCalibration.getState().measuring).toBe(false);
    useCalibration.setState(useCalibration.getInitialState());
    showTrace({ about: ABOUT, events });
    await showView('measure');
    await showView('watch');
    await expect.element(region('This run')).toHaveTextContent('from the first token on · on the recorder’s machine');
    await showView('measure');
    const verdict = region('Does it pay here?');
    await expect.element(verdict).toHaveTextContent('on the recorder’s machine');
    await expect.element(verdict).toHaveTextContent('recorded on another machine');
    expect(verdict.element().querySelector('.measure-verdict')?.textContent).not.toContain('here');
    expect(figures('expected')).toEqual(['–']);
    const there = figures('expected-there');
    expect(there[0]).toMatch(/^\d+\.\d\d ×$/);
    // No plain run of another machine is compared with it.
    expect(figures('measured-decoding')).toEqual([]);

    await measureCalibration();
    await expect.poll(() => figures('expected')[0]).toMatch(/^\d+\.\d\d ×$/);
    expect(figures('expected')).not.toEqual(there);
    expect(figures('expected-there')).toEqual(there);
    await expect.element(verdict).toHaveTextContent(/(Worth it|Hardly worth it|no draft length pays|too slow) ?(here)?/);
    expect(verdict.element().querySelector('.measure-verdict')?.getAttribute('data-costs-of')).toBe('device-now');
  });
});

describe('every figure that stands in several places', () => {
  it('is one figure: c, the break-even and the prediction in the verdict, below it and in the sidebar', async () => {
    await openPage({ settings: { adaptive: false } });
    await prompt().fill('A fox.');
    await runToEnd();
    await measureCalibration();
    await showView('measure');
    await expect.poll(() => figures('expected')[0]).toMatch(/×/);
    const verdict = region('Does it pay here?').element().textContent ?? '';
    const below = region('What a round costs').element().textContent ?? '';
    const c = /c = ([\d.]+) of a plain token/.exec(verdict)?.[1];
    expect(c).toBeDefined();
    expect(below).toContain(`c = ${c} of a token`);
    const shown = figures('expected')[0] ?? '';
    expectFormula(formulaIn(verdict), shown);
    const even = figures('breakEven');
    const v = /v = ([\d.]+) tokens/.exec(below)?.[1];
    expect(Number(v)).toBe(formulaIn(verdict)[4]);
    await showView('watch');
    expect(figures('breakEven')).toEqual(even);
    expect(figures('predicted')).toEqual([shown]);
    const sidebar = region('This device').element().textContent ?? '';
    expect(formulaIn(sidebar)).toEqual(formulaIn(verdict));
    expect(sidebar).toContain(`c = ${c} of a token`);
  });

  it('is one figure on any run with any costs', async () => {
    await openPage();
    await showView('measure');
    const runs = fc.sample(
      runEvents.filter((events) => events.at(-1)?.type === 'end' && tally(events).drafted > 0),
      { numRuns: 6, seed: 17 },
    );
    const costs = fc.sample(calibrations, { numRuns: 6, seed: 18 });
    for (const [i, events] of runs.entries()) {
      const start = events[0];
      if (start?.type !== 'start') throw new Error('a run begins with its start');
      const own = [
        { ...start, labels: { ...start.labels, target: 'target', draft: 'draft', adapter: 'memory' }, calibration: costs[i] ?? null },
        ...events.slice(1),
      ];
      if (i % 2 === 0) showRun(own);
      else showTrace({ about: ABOUT, events: own });
      const recorded = i % 2 === 1;
      const { lead } = runFigures(own, recorded, null);
      if (!lead) throw new Error('the run brings costs');
      const predicted = lead.predicted === null ? '–' : speeds.times(lead.predicted);
      const even = lead.breakEven === null ? costWords.never : formatShare(lead.breakEven);
      const c = costWords.draftNote(formatRatio(lead.price.draft));
      await expect.poll(() => figures(recorded ? 'expected-there' : 'expected')).toEqual([predicted]);
      await expect.poll(() => figures('breakEven', lead.costsOf)).toEqual([even]);
      expect(region('What a round costs').element().textContent).toContain(c);
      const formula = region('Does it pay here?').element().querySelector('[data-figure="formula"]')?.textContent ?? '';
      if (formula !== '') expectFormula(formulaIn(formula), predicted);
      await showView('watch');
      await expect.poll(() => figures('predicted', lead.costsOf)).toEqual([predicted]);
      expect(figures('breakEven', lead.costsOf)).toEqual([even]);
      expect(region('This device').element().textContent).toContain(c);
      await showView('measure');
    }
  });
});
