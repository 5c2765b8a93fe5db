import { type Question, shuffled } from './question';

/** Questions of one round. */
export const ROUND_LENGTH = 10;
/** Most of them that are about a run. */
const MOST_OF_A_RUN = 4;

/** An attempt that was finished: of every question that was asked, by its id, whether it was answered rightly. */
export type PastAnswers = Readonly<Record<string, boolean>>;

/**
 * The questions of the next round: every form that there is at least once, some about the run, and before all others those that were never
 * asked, then those that were missed the last time, then those whose last time is longest ago. The same after the same attempts.
 *
 * @param attempts finished ones, the oldest first
 */
export function drawRound(bank: readonly Question[], ofRun: readonly Question[], attempts: readonly PastAnswers[]): Question[] {
  const seed = `round ${attempts.length}`;
  const run = firstOfForms(inTurn(ofRun, attempts, seed)).slice(0, MOST_OF_A_RUN);
  const candidates = inTurn(bank, attempts, seed);
  const round: Question[] = [...run];
  for (const question of candidates) {
    if (!round.some(({ form }) => form === question.form)) round.push(question);
  }
  for (const question of candidates) {
    if (round.length < ROUND_LENGTH && !round.includes(question)) round.push(question);
  }
  return apart(shuffled(round.length, seed).flatMap((i) => round[i] ?? []));
}

/** `questions` with the first of every form before all others, in their order. */
function firstOfForms(questions: readonly Question[]): Question[] {
  const isFirst = (question: Question) => questions.find(({ form }) => form === question.form) === question;
  return [...questions.filter(isFirst), ...questions.filter((question) => !isFirst(question))];
}

/** `questions` by whose turn it is. */
function inTurn(questions: readonly Question[], attempts: readonly PastAnswers[], seed: string): Question[] {
  const turn = ({ id }: Question) => {
    const last = attempts.findLastIndex((answers) => id in answers);
    if (last === -1) return -2;
    return attempts[last]?.[id] === false ? -1 : last;
  };
  return shuffled(questions.length, seed)
    .flatMap((i) => questions[i] ?? [])
    .sort((a, b) => turn(a) - turn(b));
}

/** `questions` in an order in which no two neighbours have one form, as far as there is one. */
function apart(questions: readonly Question[]): Question[] {
  const left = [...questions];
  const ordered: Question[] = [];
  while (left.length > 0) {
    const before = ordered.at(-1)?.form;
    // The form of which most are left comes first, or it would be left alone at the end.
    const count = (form: string) => left.filter((each) => each.form === form).length;
    const [next] = left.filter(({ form }) => form !== before).sort((a, b) => count(b.form) - count(a.form));
    const chosen = next ?? (left[0] as Question);
    ordered.push(chosen);
    left.splice(left.indexOf(chosen), 1);
  }
  return ordered;
}
