import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { checkPlan, type ExperimentPlan, estimateLeftMs, LEAST_TOKENS, planRuns } from '../../src/core/study/experiment';
import { ballotsOf, talliesOf } from '../../src/core/study/vote';
import { outputsOf, pairsOf, worksheet } from '../../src/core/study/worksheet';
import { eventsOf, measureAll, tokenOf } from './support/measured';

const GOOD = { drafting: 'model', draft: 'good', gamma: 4 } as const;
const WEAK = { drafting: 'model', draft: 'weak', gamma: 'auto' } as const;
const PLAN: ExperimentPlan = {
  prompts: [
    { kind: 'json', prompt: 'Turn this into JSON: Mia is 34.' },
    { kind: 'story', prompt: 'A story.' },
  ],
  variants: [GOOD, { ...GOOD, gamma: 'auto' }, WEAK],
  ...{ maxTokens: 4, fixedLength: false, repetitions: 3, temperature: 0, rule: 'rejection', seed: 7 },
};

const failureOf = (change: Partial<ExperimentPlan>) => {
  try {
    checkPlan({ ...PLAN, ...change });
  } catch (thrown) {
    return thrown instanceof FailureError ? thrown.failure : thrown;
  }
  return null;
};

describe('a plan', () => {
  it('asks every prompt in every way, each to the end of its answer, with a plain run for every draft', () => {
    const runs = planRuns(PLAN);
    // Three repetitions of two prompts: plain and two lengths with the good draft, plain and one with the weak one.
    expect(runs).toHaveLength(3 * 2 * (3 + 2));
    expect(runs.map(({ index }) => index)).toEqual(runs.map((_, i) => i));
    for (const { settings } of runs) expect(settings).toMatchObject({ maxTokens: 4, ignoreStopTokens: false });
    for (const { settings } of planRuns({ ...PLAN, fixedLength: true })) expect(settings.ignoreStopTokens).toBe(true);
    for (const group of new Set(runs.map((run) => run.group))) {
      const inGroup = runs.filter((run) => run.group === group);
      expect(inGroup.filter(({ variant }) => variant === null)).toHaveLength(1);
      expect(new Set(inGroup.map(({ prompt, draft, settings }) => JSON.stringify([prompt, draft, settings.sampling.seed]))).size).toBe(1);
      // Together, so that what else the machine does falls on all alike.
      expect(Math.max(...inGroup.map(({ index }) => index)) - Math.min(...inGroup.map(({ index }) => index))).toBe(inGroup.length - 1);
    }
  });

  it('begins every repetition elsewhere, with a seed of its own', () => {
    const runs = planRuns({ ...PLAN, variants: [GOOD], prompts: PLAN.prompts.slice(0, 1) });
    expect(runs.map(({ settings }) => settings.mode)).toEqual(['plain', 'speculative', 'speculative', 'plain', 'plain', 'speculative']);
    expect(runs.map(({ settings }) => settings.sampling.seed)).toEqual([7, 7, 8, 8, 9, 9]);
  });

  it('is refused with a clear message where it is impossible', () => {
    expect(failureOf({})).toBeNull();
    expect(failureOf({ prompts: [] })).toMatchObject({ code: 'prompt-empty', message: 'No prompt is chosen.' });
    expect(failureOf({ prompts: [{ kind: 'own', prompt: ' ' }] })).toMatchObject({ code: 'prompt-empty' });
    expect(failureOf({ prompts: [{ kind: 'own', prompt: 'a'.repeat(100_000) }] })).toMatchObject({
      message: 'A prompt has 100000 characters.',
    });
    expect(failureOf({ variants: [] })).toMatchObject({ message: 'No draft, or no draft length, is chosen.' });
    expect(failureOf({ variants: [{ ...GOOD, gamma: 17 }] })).toMatchObject({ message: 'Draft length γ: 17.' });
    expect(failureOf({ repetitions: 0 })).toMatchObject({ message: 'Repetitions: 0.', hint: 'Choose a whole number, 1 to 20.' });
    expect(failureOf({ repetitions: 2.5 })).toMatchObject({ message: 'Repetitions: 2.5.' });
    expect(failureOf({ maxTokens: Number.NaN })).toMatchObject({ message: 'Most tokens: NaN.' });
    expect(failureOf({ temperature: -1 })).toMatchObject({ message: 'Temperature is -1.' });
    expect(failureOf({ repetitions: 20, prompts: Array(10).fill(PLAN.prompts[0]) })).toMatchObject({
      message: 'The experiment has 1000 runs.',
    });
  });

  it('says how long the rest takes once something was measured', () => {
    const runs = planRuns({ ...PLAN, variants: [GOOD], prompts: PLAN.prompts.slice(0, 1), repetitions: 2 });
    expect(estimateLeftMs([], runs)).toBeNull();
    const measured = runs.slice(0, 2).map((planned) => ({ planned, events: [], wallMs: planned.variant === null ? 300 : 100 }));
    expect(estimateLeftMs(measured, runs.slice(2))).toBe(400);
    expect(estimateLeftMs(measured.slice(0, 1), runs.slice(1))).toBe(900);
  });
});

const RECORD = ['{', '"name"', ': "Mia", ', '"age": 34}<|end|>'];

/** Plain runs take 10 ms a token; the good draft, two of three accepted, half of the time in all; the story differs where `wrong`. */
const measured = (wrong: boolean, plan: ExperimentPlan = { ...PLAN, variants: [GOOD], repetitions: 2 }) =>
  measureAll(plan, (run) => {
    const texts = run.kind === 'json' ? RECORD : undefined;
    const made = (i: number, verdict: Parameters<typeof tokenOf>[1]) =>
      tokenOf(i, verdict, { p: 0.5, ...(texts && { text: texts[i] ?? '' }) });
    if (run.variant === null)
      return eventsOf(
        run,
        [0, 1, 2, 3].map((i) => [made(i, 'plain')]),
        10,
      );
    const last = wrong && run.kind === 'story' ? tokenOf(9, 'corrected') : made(3, 'corrected');
    return eventsOf(
      run,
      [[made(0, 'plain')], [made(1, 'accepted'), made(2, 'accepted'), tokenOf(8, 'rejected'), tokenOf(7, 'discarded'), last]],
      10,
    );
  });

describe('the worksheet', () => {
  it('has a line for each way of every kind and of all, with the counts of their events', () => {
    const rows = worksheet(measured(false));
    expect(rows.map(({ kind, variant }) => [kind, variant?.gamma ?? 'plain'])).toEqual([
      ['story', 'plain'],
      ['story', 4],
      ['json', 'plain'],
      ['json', 4],
      ['all', 'plain'],
      ['all', 4],
    ]);
    expect(rows[5]).toMatchObject({
      ...{ runs: 4, drafted: 16, accepted: 8, rejected: 4, discarded: 4, targetPasses: 8, committed: 16 },
      ...{ acceptedOverDrafted: 0.5, meanAcceptanceLength: 2, timeToFirstTokenMs: 10, latencyMs: 20, tokensPerSecond: 300 },
      speedup: { wait: { least: 2, most: 2, pairs: 4 }, decoding: { least: 3, most: 3, pairs: 4 } },
      output: { identical: 4, different: 0, drawnApart: 0 },
    });
    expect(rows[5]?.acceptanceRate).toBeCloseTo(2 / 3, 12);
    expect(rows[5]?.speedup.wait?.mean).toBeCloseTo(2, 12);
    expect(rows[5]?.speedup.decoding?.mean).toBeCloseTo(3, 12);
    expect(rows[5]?.meanLogProbability).toBeCloseTo(Math.log(0.5), 12);
    expect(rows[4]).toMatchObject({
      drafted: 0,
      acceptanceRate: null,
      speedup: { wait: null, decoding: null },
      targetPasses: 16,
      latencyMs: 40,
    });
  });

  it('judges answers by the rule of their kind, and outputs against plain decoding’s', () => {
    const rows = worksheet(measured(true));
    expect(rows.find(({ kind, variant }) => kind === 'json' && variant)?.quality).toEqual({ right: 2, wrong: 0, cut: 0, unruled: 0 });
    expect(rows.at(-1)?.quality).toEqual({ right: 2, wrong: 0, cut: 0, unruled: 2 });
    expect(rows.at(-1)?.output).toEqual({ identical: 2, different: 2, drawnApart: 0 });
  });

  it('leaves answers that ended too soon out of rates and speeds, says how many, and still compares their outputs', () => {
    const plan = { ...PLAN, variants: [GOOD], repetitions: 1 };
    const ended = (length: number) =>
      measureAll({ ...plan, maxTokens: 40 }, (run) => {
        const tokens = run.kind === 'story' ? LEAST_TOKENS : length;
        const rounds = Array.from({ length: tokens }, (_, i) => [tokenOf(i, 'plain')]);
        return [...eventsOf(run, rounds, 10).slice(0, -1), { type: 'end', reason: 'stop', stopString: null, endMs: 10 * tokens }];
      });
    const last = worksheet(ended(LEAST_TOKENS - 1)).at(-1);
    expect(last).toMatchObject({
      runs: 1,
      tooShort: 1,
      committed: LEAST_TOKENS,
      speedup: { wait: { pairs: 1 } },
      output: { identical: 2 },
    });
    expect(worksheet(ended(LEAST_TOKENS)).at(-1)).toMatchObject({ runs: 2, tooShort: 0, speedup: { wait: { pairs: 2 } } });
    const json = worksheet(ended(LEAST_TOKENS - 1)).find(({ kind }) => kind === 'json');
    expect(json).toMatchObject({ runs: 0, tooShort: 1, acceptanceRate: null, tokensPerSecond: null, latencyMs: null });
  });

  it('compares no two draws of one distribution id by id', () => {
    const drawn = measured(true, { ...PLAN, variants: [GOOD], temperature: 0.8 });
    expect(outputsOf(pairsOf(drawn))).toEqual({ identical: 0, different: 0, drawnApart: 6 });
  });

  it('has no speedup, and no speed, by a clock that is too coarse to tell', () => {
    const coarse = measured(false).map((run) => ({
      ...run,
      events: run.events.map((event) => (event.type === 'start' ? { ...event, clockStepMs: 16.7 } : event)),
    }));
    for (const row of worksheet(coarse)) expect(row).toMatchObject({ speedup: { wait: null, decoding: null }, tokensPerSecond: null });
  });

  it('is empty before anything was measured, and whole after every run of an experiment that is stopped', () => {
    expect(worksheet([])).toEqual([]);
    const runs = measured(false);
    for (let n = 1; n <= runs.length; n++)
      for (const row of worksheet(runs.slice(0, n))) expect(row.drafted).toBe(row.accepted + row.rejected + row.discarded);
  });
});

describe('a blind vote', () => {
  it('is on pairs that differ, in an order that does not tell, and puts the labels back', () => {
    const many = measured(true, { ...PLAN, variants: [GOOD], repetitions: 20, prompts: [{ kind: 'story', prompt: 'A story.' }] });
    const ballots = ballotsOf(pairsOf(many));
    expect(ballots).toHaveLength(20);
    expect(ballots.map(({ answers, sides }) => answers[sides.indexOf('speculative')]?.endsWith('9'))).toEqual(Array(20).fill(true));
    const first = ballots.filter(({ sides }) => sides[0] === 'speculative').length;
    expect(first).toBeGreaterThan(3);
    expect(first).toBeLessThan(17);
    const votes = Object.fromEntries(
      ballots.map(({ key, sides }, i) => [key, i === 0 ? ('neither' as const) : sides[0] === 'plain' ? (0 as const) : (1 as const)]),
    );
    expect(talliesOf(ballots, votes)).toEqual({ plain: 19, speculative: 0, neither: 1 });
    expect(ballotsOf(pairsOf(measured(false)))).toEqual([]);
  });
});
