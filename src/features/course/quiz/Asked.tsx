import { type FormEvent, useEffect, useId, useRef } from 'react';
import { lessonOf } from '../../../lessons';
import { isRight, isWhole, type Question } from '../../../lessons/quiz/question';
import { checkAnswer, leaveQuiz, nextQuestion, useQuiz } from '../../../store/course/quiz';
import { Button } from '../../../ui/Button';
import { WithTerms } from '../../../ui/Term';
import { quiz as words } from '../../../ui/texts/quiz';
import { lessonAddress } from '../path';
import { Form } from './forms';
import { Solution } from './Solution';

/** One question of the quiz, and once it was answered its explanation. Enter checks, and Enter goes on. */
export function Asked({ question }: { readonly question: Question }) {
  const { questions, at, answer, checked, ownRun } = useQuiz();
  const id = useId();
  const ask = useRef<HTMLHeadingElement>(null);
  // The first question comes by a click on "Begin", later ones by one on "Next": either way the focus would be lost.
  useEffect(() => ask.current?.focus({ preventScroll: true }), []);
  // What was answered cannot be changed any more, and what is disabled loses the focus: it goes to what comes next.
  const goOn = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (checked) goOn.current?.focus({ preventScroll: true });
  }, [checked]);
  const whole = isWhole(question, answer);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (checked) nextQuestion();
    else checkAnswer();
  };
  const lesson = lessonOf(question.lesson);
  return (
    <form className="quiz" onSubmit={submit} aria-labelledby={id}>
      <p className="lesson-place">
        {words.place(at + 1, questions.length)}
        {question.id.startsWith('run-') ? ` · ${ownRun ? words.fromOwn : words.fromRecorded}` : ''}
      </p>
      <progress
        className="quiz-progress"
        max={questions.length}
        value={at + (checked ? 1 : 0)}
        aria-label={words.place(at + 1, questions.length)}
      />
      <h2 className="quiz-ask" id={id} ref={ask} tabIndex={-1}>
        {question.ask}
      </h2>
      {question.given === null ? null : <p className="quiz-given">{question.given}</p>}
      <p className="live-note">{words.forms[question.form]}</p>
      <Form question={question} answer={answer} checked={checked} />
      <div role="status" className="quiz-verdict" data-right={checked ? isRight(question, answer) : undefined}>
        {checked ? <b>{isRight(question, answer) ? words.right : words.wrong}</b> : null}
      </div>
      {checked ? (
        <div className="quiz-explanation">
          <Solution question={question} />
          <p>
            <WithTerms>{question.explanation}</WithTerms>
          </p>
          {lesson ? (
            <p className="live-note">
              <a href={lessonAddress(lesson.id)}>{words.revise(lesson.title)}</a>
            </p>
          ) : null}
        </div>
      ) : null}
      <div className="quiz-bar">
        <button ref={goOn} type="submit" className="button primary" aria-disabled={!checked && !whole}>
          {checked ? (at === questions.length - 1 ? words.finish : words.next) : words.check}
        </button>
        <Button look="quiet" onPress={leaveQuiz}>
          {words.leave}
        </Button>
      </div>
    </form>
  );
}
