/** What every question has. */
interface Asked {
  readonly id: string;
  /** The lesson that it is about. */
  readonly lesson: string;
  readonly ask: string;
  /** What it is asked of, where that is not in the question itself; null: nothing more. */
  readonly given: string | null;
  /** Why the right answer is right. */
  readonly explanation: string;
}

export type Question = Asked &
  (
    | { readonly form: 'single'; readonly options: readonly string[]; readonly right: number }
    | { readonly form: 'multiple'; readonly options: readonly string[]; readonly right: readonly number[] }
    /** `steps` are in their right order. */
    | { readonly form: 'order'; readonly steps: readonly string[] }
    /** `tolerance`: how far off an answer may be and still be right. */
    | { readonly form: 'number'; readonly value: number; readonly tolerance: number; readonly unit: string }
    /** `tokens` of a real run, of which some are to be marked, and the text that they stand behind, so that they are read in their words. */
    | { readonly form: 'mark'; readonly before: string; readonly tokens: readonly string[]; readonly right: readonly number[] }
  );

/** Positions of the chosen options, steps or tokens, or the number itself; of an order, in that order. */
export type Answer = readonly number[];

/** Whether `answer` can be judged: something was chosen, every step has its place, the number is one. */
export function isWhole(question: Question, answer: Answer): boolean {
  if (question.form === 'order') return new Set(answer).size === question.steps.length;
  return answer.length > 0 && answer.every(Number.isFinite);
}

export function isRight(question: Question, answer: Answer): boolean {
  switch (question.form) {
    case 'single':
      return answer.length === 1 && answer[0] === question.right;
    case 'multiple':
    case 'mark':
      return sameSet(answer, question.right);
    case 'order':
      return answer.length === question.steps.length && answer.every((step, place) => step === place);
    case 'number':
      // What rounding has left of a decimal fraction does not decide.
      return answer.length === 1 && Math.abs((answer[0] ?? Number.NaN) - question.value) <= question.tolerance + 1e-9;
  }
}

/** The steps of an order as they are first shown: never in their right order, and the same at every visit. */
export function shuffled(count: number, seed: string): number[] {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0, 7);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  const sorted = order.every((step, place) => step === place);
  return sorted ? order.reverse() : order;
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  const [first, second] = [new Set(a), new Set(b)];
  return first.size === second.size && [...first].every((each) => second.has(each));
}
