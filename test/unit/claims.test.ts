import { describe, expect, it } from 'vitest';
import { CLAIMS, type ClaimModels, EVIDENCE, evidencePlan, judgeClaim } from '../../src/core/study/claims';
import { checkPlan, type ExperimentPrompt, type MeasuredRun } from '../../src/core/study/experiment';
import type { RunToken } from '../../src/core/types';
import { eventsOf, measureAll, tokenOf } from './support/measured';

const MODELS: ClaimModels = {
  target: { id: 'target', parameters: 6e6 },
  drafts: [
    { id: 'good', parameters: 8e5 },
    { id: 'weak', parameters: 8e5 },
    { id: 'target', parameters: 6e6 },
  ],
};
const PROMPTS: ExperimentPrompt[] = (['story', 'json', 'code', 'answers', 'hard', 'copy'] as const).map((kind) => ({ kind, prompt: kind }));

/** How a draft does: accepted ones of every four, and the milliseconds of a round. Plain rounds take 10 ms, and 4 on the device. */
interface Manner {
  readonly accepted: number;
  readonly roundMs: number;
  readonly deviceMs?: number | null;
  readonly wrong?: boolean;
}

/** The evidence for a claim, as if each draft did as it says; 13 committed tokens a run, as nearly as rounds allow. */
function evidence(id: (typeof CLAIMS)[number], manners: Readonly<Record<string, Manner>>): MeasuredRun[] {
  const runs = measureAll(evidencePlan(EVIDENCE[id], MODELS, PROMPTS), (planned) => {
    const plain = planned.variant === null;
    const {
      accepted,
      roundMs,
      deviceMs = null,
      wrong = false,
    } = plain ? { accepted: 0, roundMs: 10, deviceMs: 4 } : (manners[planned.draft] as Manner);
    const rounds: RunToken[][] = [[tokenOf(0, 'plain')]];
    for (let next = 1; next < 13; ) {
      const drafts = plain
        ? []
        : Array.from({ length: 4 }, (_, i) =>
            tokenOf(i < accepted ? next + i : 99, i < accepted ? 'accepted' : i === accepted ? 'rejected' : 'discarded'),
          );
      next += plain ? 0 : accepted;
      rounds.push([...drafts, tokenOf(wrong && next === 12 ? 77 : next, plain ? 'plain' : accepted === 4 ? 'bonus' : 'corrected')]);
      next++;
    }
    const device = plain || deviceMs !== null ? { draftMs: 0, verifyMs: deviceMs ?? 4 } : null;
    return eventsOf(planned, rounds, roundMs).map((event) => (event.type === 'round' ? { ...event, device } : event));
  });
  return runs;
}

const FAST = { accepted: 3, roundMs: 12 };
const judge = (id: (typeof CLAIMS)[number], manners: Readonly<Record<string, Manner>>) => judgeClaim(id, evidence(id, manners), MODELS);
const all = (manner: Manner) => ({ good: manner, weak: manner, target: manner });

describe('a claim', () => {
  it.each(CLAIMS)('has no verdict without a measurement: %s', (id) => {
    expect(judgeClaim(id, [], MODELS)).toEqual({ verdict: 'unmeasured', reason: 'no-runs', runs: [] });
  });

  it.each(CLAIMS)('can be measured in a few short runs: %s', (id) => {
    const plan = evidencePlan(EVIDENCE[id], MODELS, PROMPTS);
    expect(() => checkPlan(plan)).not.toThrow();
    expect(evidence(id, all(FAST)).length).toBeLessThanOrEqual(18);
  });

  it.each(CLAIMS)('says nothing of one pair: %s', (id) => {
    const [one = []] = [evidence(id, all({ accepted: 1, roundMs: 12 })).slice(0, 1)];
    expect(judgeClaim(id, one, MODELS).verdict).toBe('unmeasured');
  });
});

describe('two to three times faster', () => {
  it('holds from two on and fails below', () => {
    // 13 plain rounds of 10 ms against 4 of 12 ms.
    expect(judge('two-to-three', all(FAST))).toMatchObject({ verdict: 'holds', near: false });
    expect(judge('two-to-three', all({ accepted: 3, roundMs: 20 }))).toMatchObject({ verdict: 'fails', near: false });
  });

  it('says so where the pairs are too unlike to be sure', () => {
    const runs = evidence('two-to-three', all(FAST)).map((run, i) => {
      if (run.planned.variant === null || i % 4 < 2) return run;
      return { ...run, events: run.events.map((event) => (event.type === 'round' ? { ...event, endMs: event.endMs * 3 } : event)) };
    });
    expect(judgeClaim('two-to-three', runs, MODELS)).toMatchObject({ near: true });
  });
});

describe('no loss of quality', () => {
  it('holds where every output is the target’s own and fails where one is not', () => {
    expect(judge('no-loss', all(FAST))).toMatchObject({ verdict: 'holds', figures: { identical: 8, compared: 8 } });
    const good = judge('no-loss', { ...all(FAST), good: { ...FAST, wrong: true } });
    expect(good).toMatchObject({ verdict: 'fails', figures: { identical: 4, compared: 8 } });
  });
});

describe('verification costs little', () => {
  it('is read off the device’s own clock', () => {
    expect(judge('cheap-verification', all({ ...FAST, deviceMs: 4.4 }))).toMatchObject({
      verdict: 'holds',
      figures: { ratio: 1.1, plainMs: 4 },
    });
    expect(judge('cheap-verification', all({ ...FAST, deviceMs: 8 }))).toMatchObject({
      verdict: 'fails',
      near: false,
      figures: { ratio: 2 },
    });
  });

  it('is not measured without runs', () => {
    expect(judge('cheap-verification', all(FAST))).toMatchObject({ verdict: 'unmeasured', reason: 'no-clock' });
  });
});

describe('half wrong is theatre', () => {
  it('is judged by runs with about half of their drafts accepted, and by no others', () => {
    expect(judge('half-is-theatre', all({ accepted: 2, roundMs: 40 }))).toMatchObject({
      verdict: 'holds',
      near: false,
      figures: { share: 0.5 },
    });
    expect(judge('half-is-theatre', all({ accepted: 2, roundMs: 12 }))).toMatchObject({ verdict: 'fails', near: false });
    for (const accepted of [1, 3])
      expect(judge('half-is-theatre', all({ accepted, roundMs: 12 }))).toMatchObject({ verdict: 'unmeasured', reason: 'none-about-half' });
  });
});

describe('not for small models', () => {
  it('fails where a small target gains, holds where it does not, and is not measured on a large one', () => {
    expect(judge('not-for-small', all(FAST))).toMatchObject({ verdict: 'fails', figures: { parameters: 6e6 } });
    expect(judge('not-for-small', all({ accepted: 0, roundMs: 12 }))).toMatchObject({ verdict: 'holds' });
    const large = { ...MODELS, target: { id: 'target', parameters: 7e9 } };
    expect(judgeClaim('not-for-small', evidence('not-for-small', all(FAST)), large)).toMatchObject({
      verdict: 'unmeasured',
      reason: 'not-small',
    });
  });
});

describe('a bigger draft is better', () => {
  it('fails where the target as its own draft is slower, and holds where it is faster than every smaller one', () => {
    const slow = judge('bigger-drafts', { good: FAST, weak: { accepted: 1, roundMs: 12 }, target: { accepted: 4, roundMs: 60 } });
    expect(slow.verdict).toBe('fails');
    expect(slow.verdict === 'unmeasured' ? [] : slow.figures).toMatchObject({
      drafts: [{ draft: 'good' }, { draft: 'weak' }, { draft: 'target', parameters: 6e6 }],
    });
    expect(judge('bigger-drafts', { good: FAST, weak: FAST, target: { accepted: 4, roundMs: 12 } })).toMatchObject({ verdict: 'holds' });
  });

  it('is not measured by drafts of one size', () => {
    const runs = evidence('bigger-drafts', all(FAST)).filter(({ planned }) => planned.draft !== 'target');
    expect(judgeClaim('bigger-drafts', runs, MODELS)).toMatchObject({ verdict: 'unmeasured', reason: 'one-size' });
  });
});
