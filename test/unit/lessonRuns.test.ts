import { describe, expect, it } from 'vitest';
import { type Calibration, expectedTokens } from '../../src/core/cost/cost';
import { runFigures } from '../../src/core/cost/figures';
import { tally } from '../../src/core/run/tally';
import { trialFinding } from '../../src/features/course/live/trialFinding';
import { rateFromRatio } from '../../src/features/course/live/worksheetFigures';
import { type KnownFigures, ownFigure } from '../../src/features/course/questions/measured';
import { COMMON_QUESTIONS, type MeasuredFigure } from '../../src/lessons/questions';
import { recordedRun } from '../../src/lessons/recorded';

const COSTS: Calibration = {
  ...{ rows: [1, 17], contexts: [0], verifyMs: [[10, 20]], draftMs: [1] },
  ...{ readbackMs: 0.5, plainFixedMs: 1, roundFixedMs: 1 },
};

type Own = Omit<KnownFigures, 'figures'> & { readonly costs: Calibration | null };

const NOTHING: Own = { costs: null, speculative: null, plain: null, memory: null };

describe('what this device measured of an answer', () => {
  it('is missing with what it needs, or a sentence with the figure', async () => {
    const speculative = await recordedRun('sampled');
    const memory = { target: { weights: 100e6, cache: 20e6 }, draft: { weights: 10e6, cache: 2e6 }, working: 0 };
    const needs = (figure: MeasuredFigure, known: Partial<Own> = {}) => {
      const { costs, ...rest } = { ...NOTHING, ...known };
      const own = ownFigure(figure, { ...rest, figures: runFigures(rest.speculative ?? [], false, costs) });
      return 'needs' in own ? own.needs : own.text;
    };
    const figures = new Set(COMMON_QUESTIONS.flatMap(({ figure }) => figure ?? []));
    expect(figures.size).toBe(11);
    for (const figure of figures) expect(['costs', 'run', 'both-ways']).toContain(needs(figure));
    expect(needs('verification', { costs: COSTS })).toBe(
      'A pass over 5 tokens takes 1.25 times a pass over one: checking 4 drafts adds 25%.',
    );
    expect(needs('draft-step', { costs: COSTS })).toContain('0.10 of a step of the target');
    expect(needs('memory', { memory })).toContain('The draft takes 12.0 MB, the target 120.0 MB, weights and cache: 10% more');
    const { acceptanceRate, accepted, rejected } = tally(speculative);
    const share = `${Math.round(100 * (acceptanceRate ?? 0))}%`;
    expect(needs('acceptance', { speculative })).toContain(`${share} of ${accepted + rejected} judged drafts`);
    expect(needs('pays', { costs: COSTS })).toContain('If every draft were accepted');
    expect(needs('pays', { costs: COSTS, speculative })).toContain(`the α of your last speculative run, ${share}.`);
    expect(needs('draft-length', { costs: COSTS })).toBe('run');
    expect(needs('same-output', { speculative })).toBe('both-ways');
  });
});

describe('a lesson’s runs', () => {
  it('are summed up by their own figures: rates in their order, the fastest, and whether the ids are the same', async () => {
    const events = await recordedRun('sampled');
    const share = `${Math.round(100 * (tally(events).acceptanceRate ?? 0))}%`;
    const run = { events, reference: events };
    const text = trialFinding([
      { ...run, name: 'plainly', plain: true },
      { ...run, name: 'the draft', plain: false },
    ]);
    expect(text).toContain(`By α: the draft ${share}.`);
    expect(text).toContain('Decoding alone, nothing was faster than plain decoding; the draft came nearest, with 1.00 times.');
    expect(text).toContain('All 1 outputs have the same ids');
    expect(trialFinding([1, 2].map(() => ({ ...run, name: 'plainly', plain: true })))).toContain(': 0% apart.');
    expect(trialFinding([])).toBe('');
  });
});

describe('the acceptance rate of a worksheet without rejected drafts', () => {
  it('is the one whose rounds accept that share of their drafts', () => {
    for (const gamma of [1, 4, 8])
      for (const alpha of [0.1, 0.5, 0.9]) expect(rateFromRatio((expectedTokens(alpha, gamma) - 1) / gamma, gamma)).toBeCloseTo(alpha, 6);
    expect(rateFromRatio(0, 4)).toBeCloseTo(0, 6);
    expect(rateFromRatio(1, 4)).toBeCloseTo(1, 6);
  });
});
