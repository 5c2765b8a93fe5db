import { create } from 'zustand';
import { type Answer, isRight, isWhole, type Question, shuffled } from '../../lessons/quiz/question';
import { keepAttempt } from './progress';

export interface QuizState {
  /** Empty: the quiz has not begun. */
  readonly questions: readonly Question[];
  /** Whether its run questions are about the learner's own run. */
  readonly ownRun: boolean;
  /** Position of the question that is asked; after the last: all were. */
  readonly at: number;
  /** Of the question that is asked, as far as it is given. */
  readonly answer: Answer;
  /** Whether that answer has been judged. */
  readonly checked: boolean;
  /** Of every judged question, by its id, whether it was answered rightly. */
  readonly results: Readonly<Record<string, boolean>>;
}

const NOT_BEGUN: QuizState = { questions: [], ownRun: false, at: 0, answer: [], checked: false, results: {} };

/** A quiz under way outlives a look at another page of the course. */
export const useQuiz = create<QuizState>()(() => NOT_BEGUN);

export function beginQuiz(questions: readonly Question[], ownRun: boolean): void {
  useQuiz.setState({ ...NOT_BEGUN, questions, ownRun, answer: firstAnswer(questions[0]) });
}

export function giveAnswer(answer: Answer): void {
  if (!useQuiz.getState().checked) useQuiz.setState({ answer });
}

/** Judges the answer that is given, if it is whole; the last one's ends the attempt, which is kept. */
export function checkAnswer(): void {
  const { questions, at, answer, checked, results } = useQuiz.getState();
  const question = questions[at];
  if (!question || checked || !isWhole(question, answer)) return;
  const judged = { ...results, [question.id]: isRight(question, answer) };
  useQuiz.setState({ checked: true, results: judged });
  if (at === questions.length - 1) keepAttempt(judged);
}

export function nextQuestion(): void {
  const { questions, at, checked } = useQuiz.getState();
  if (checked) useQuiz.setState({ at: at + 1, answer: firstAnswer(questions[at + 1]), checked: false });
}

export function leaveQuiz(): void {
  useQuiz.setState(NOT_BEGUN);
}

/** An order always has an answer: the one that is shown. */
function firstAnswer(question: Question | undefined): Answer {
  return question?.form === 'order' ? shuffled(question.steps.length, question.id) : [];
}
