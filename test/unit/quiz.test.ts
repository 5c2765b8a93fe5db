import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../src/core/cost/cost';
import { lessonOf } from '../../src/lessons';
import { textBefore } from '../../src/lessons/inWords';
import { BANK } from '../../src/lessons/quiz/bank';
import { runQuestions } from '../../src/lessons/quiz/fromRun';
import { type Answer, isRight, isWhole, type Question, shuffled } from '../../src/lessons/quiz/question';
import { drawRound, ROUND_LENGTH } from '../../src/lessons/quiz/round';
import { recordedRun } from '../../src/lessons/recorded';
import { runWords } from '../../src/ui/texts/quiz';

const COSTS: Calibration = {
  ...{ rows: [1, 17], contexts: [0], verifyMs: [[10, 20]], draftMs: [1] },
  ...{ readbackMs: 0.5, plainFixedMs: 1, roundFixedMs: 1 },
};

/** The answer that is right. */
function solution(question: Question): Answer {
  if (question.form === 'order') return question.steps.map((_, i) => i);
  if (question.form === 'number') return [question.value];
  return typeof question.right === 'number' ? [question.right] : question.right;
}

describe('the questions', () => {
  it('are twelve at least, in five forms with those of a run, each explained and about a lesson that there is', async () => {
    const all = [...BANK, ...runQuestions(await recordedRun('sampled'), COSTS, runWords)];
    expect(BANK.length).toBeGreaterThanOrEqual(12);
    expect(new Set(all.map(({ form }) => form))).toEqual(new Set(['single', 'multiple', 'order', 'number', 'mark']));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const question of all) {
      expect(lessonOf(question.lesson), question.id).not.toBeNull();
      expect(question.explanation.length, question.id).toBeGreaterThan(40);
      expect(isWhole(question, solution(question)) && isRight(question, solution(question)), question.id).toBe(true);
    }
  });

  it('have choices that differ, and right ones among them', () => {
    for (const question of BANK) {
      if (question.form !== 'single' && question.form !== 'multiple') continue;
      expect(new Set(question.options).size, question.id).toBe(question.options.length);
      const right = question.form === 'single' ? [question.right] : question.right;
      for (const each of right) expect(question.options[each], question.id).toBeDefined();
    }
  });

  it('do not give themselves away by the place of the right choice', () => {
    const places = BANK.flatMap((question) => (question.form === 'single' ? [question.right] : []));
    for (const place of new Set(places)) expect(places.filter((each) => each === place).length).toBeLessThan(places.length * 0.6);
  });
});

describe('a round', () => {
  const asked = (round: readonly Question[], right = true) => Object.fromEntries(round.map(({ id }) => [id, right]));

  it('has ten questions of all five forms, some of them about a run, and no two neighbours of one form as far as that goes', async () => {
    const ofRun = runQuestions(await recordedRun('sampled'), COSTS, runWords);
    for (const attempts of [[], [{}], [{}, {}]]) {
      const round = drawRound(BANK, ofRun, attempts);
      expect(round).toHaveLength(ROUND_LENGTH);
      expect(new Set(round).size).toBe(ROUND_LENGTH);
      expect(new Set(round.map(({ form }) => form)).size).toBe(5);
      const run = round.filter(({ id }) => id.startsWith('run-')).length;
      expect(run).toBeGreaterThanOrEqual(2);
      expect(run).toBeLessThanOrEqual(4);
      expect(round.filter(({ form }, i) => form === round[i + 1]?.form).length).toBeLessThanOrEqual(1);
    }
  });

  it('asks what was not asked before, then what was missed, before it repeats itself', () => {
    const first = drawRound(BANK, [], []);
    const second = drawRound(BANK, [], [asked(first)]);
    const fresh = BANK.filter((question) => !first.includes(question));
    expect(fresh.length).toBeGreaterThan(0);
    expect(second).toEqual(expect.arrayContaining(fresh));
    const missed = first.find(({ form }) => form === 'single');
    const again = drawRound(BANK, [], [{ ...asked(BANK), [missed?.id ?? '']: false }]);
    expect(again).toContain(missed);
    expect(drawRound(BANK, [], [])).toEqual(first);
  });
});

describe('an answer', () => {
  const base = { id: 'x', lesson: 'premise', ask: '', given: null, explanation: '' };

  it('of a number is right within its tolerance, however it was rounded', () => {
    const question: Question = { ...base, form: 'number', value: 0.3, tolerance: 0.1, unit: '' };
    expect([0.2, 0.3, 0.4].map((value) => isRight(question, [value]))).toEqual([true, true, true]);
    expect([0.19, 0.41, Number.NaN].map((value) => isRight(question, [value]))).toEqual([false, false, false]);
    expect([[], [Number.NaN], [1]].map((answer) => isWhole(question, answer))).toEqual([false, false, true]);
  });

  it('of several choices must name all and no other, in any order', () => {
    const question: Question = { ...base, form: 'multiple', options: ['a', 'b', 'c'], right: [0, 2] };
    expect([[2, 0], [0], [0, 1, 2], [1, 2]].map((answer) => isRight(question, answer))).toEqual([true, false, false, false]);
  });

  it('of an order must have every step in its place', () => {
    const question: Question = { ...base, form: 'order', steps: ['a', 'b', 'c'] };
    expect(
      [
        [0, 1, 2],
        [0, 2, 1],
        [0, 1],
      ].map((answer) => isRight(question, answer)),
    ).toEqual([true, false, false]);
    expect(isWhole(question, [0, 1])).toBe(false);
  });

  it('of an order begins in a wrong one, the same at every visit', () => {
    for (const count of [2, 3, 5, 8]) {
      const order = shuffled(count, 'round-order');
      expect(order).toEqual(shuffled(count, 'round-order'));
      expect([...order].sort()).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(order.every((step, place) => step === place)).toBe(false);
    }
  });
});

describe('questions about a run', () => {
  it('have that run’s own figures and tokens', async () => {
    const events = await recordedRun('sampled');
    const questions = new Map(runQuestions(events, COSTS, runWords).map((question) => [question.id, question]));
    const tokens = events.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    const count = (verdict: string) => tokens.filter((token) => token.verdict === verdict).length;
    const alpha = questions.get('run-alpha');
    expect(alpha?.form === 'number' && alpha.value).toBeCloseTo((100 * count('accepted')) / (count('accepted') + count('rejected')), 8);
    const rejected = questions.get('run-rejected');
    const before = rejected?.form === 'mark' ? rejected.before : '';
    const round = events.find(
      (event) =>
        event.type === 'round' && event.tokens.some(({ verdict }) => verdict === 'rejected') && textBefore(events, event, 70) === before,
    );
    const own = round?.type === 'round' ? round.tokens : [];
    expect(rejected?.form === 'mark' && rejected.right.map((i) => rejected.tokens[i])).toEqual([
      own.find(({ verdict }) => verdict === 'rejected')?.text,
    ]);
    // A token is asked about in its words.
    expect(before).toMatch(/\S{2,} \S/);
    expect(questions.get('run-added')?.given).toContain(
      own
        .map(({ verdict, text }) => (verdict === 'corrected' ? '' : text))
        .join('')
        .trim(),
    );
    expect(questions.get('run-added')).toMatchObject({ value: own.filter(({ verdict }) => verdict === 'accepted').length + 1 });
    const bonus = questions.get('run-bonus');
    expect(bonus?.form === 'mark' && bonus.right[0]).toBe(bonus?.form === 'mark' && bonus.tokens.length - 1);
  });

  it('are left out where a run has nothing for them', () => {
    expect(runQuestions([], COSTS, runWords)).toEqual([]);
  });

  it('ask about break-even only where costs were measured', async () => {
    const events = await recordedRun('sampled');
    const ids = (costs: Calibration | null) => runQuestions(events, costs, runWords).map(({ id }) => id);
    expect(ids(COSTS)).toContain('run-pays');
    expect(ids(null)).not.toContain('run-pays');
  });
});
