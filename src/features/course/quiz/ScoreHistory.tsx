import { useProgress } from '../../../store/course/progress';
import { formatWhen, quiz as words } from '../../../ui/texts/quiz';
import './quiz.css';

/** Every attempt that was finished, the latest first. */
export function ScoreHistory() {
  const attempts = useProgress((state) => state.progress.attempts);
  if (attempts.length === 0) return <p className="live-note quiz-history">{words.noHistory}</p>;
  return (
    <table className="quiz-history">
      <caption>{words.history}</caption>
      <thead>
        <tr>
          {words.historyColumns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {attempts.toReversed().map(({ at, answers }, i) => {
          const all = Object.values(answers);
          const right = all.filter(Boolean).length;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no other name of their own
            <tr key={i}>
              <th scope="row">{formatWhen(at)}</th>
              <td>{words.score(right, all.length)}</td>
              <td>{words.scoreShare(right, all.length)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
