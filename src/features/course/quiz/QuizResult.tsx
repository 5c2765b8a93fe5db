import { lessonOf } from '../../../lessons';
import { useQuiz } from '../../../store/course/quiz';
import { quiz as words } from '../../../ui/texts/quiz';
import { lessonAddress } from '../path';

/** How the attempt that has just ended went, and what to read again. */
export function QuizResult() {
  const { questions, results } = useQuiz();
  const right = Object.values(results).filter(Boolean).length;
  const missed = questions.filter(({ id }) => !results[id]);
  return (
    <section className="quiz-result">
      <p className="quiz-score" role="status">
        <b>{words.scoreShare(right, questions.length)}</b> {words.score(right, questions.length)}
      </p>
      {missed.length === 0 ? <p>{words.noneMissed}</p> : <h3>{words.missed}</h3>}
      <ul>
        {missed.map(({ id, ask, lesson }) => (
          <li key={id}>
            {ask} <a href={lessonAddress(lesson)}>{words.revise(lessonOf(lesson)?.title ?? lesson)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
