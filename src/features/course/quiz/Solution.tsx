import { lastWords } from '../../../lessons/inWords';
import type { Question } from '../../../lessons/quiz/question';
import { formatRatio } from '../../../ui/format';
import { quiz as words } from '../../../ui/texts/quiz';
import { visibleText } from '../../../ui/visibleText';

/** The right answer in words. */
export function Solution({ question }: { readonly question: Question }) {
  return (
    <div className="quiz-solution">
      <b>{words.solution}: </b>
      {question.form === 'order' ? (
        <ol>
          {question.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      ) : (
        solutionOf(question)
      )}
    </div>
  );
}

function solutionOf(question: Exclude<Question, { form: 'order' }>): string {
  switch (question.form) {
    case 'single':
      return question.options[question.right] ?? '';
    case 'multiple':
      return question.right.map((i) => question.options[i]).join('; ');
    case 'number':
      return `${Number.isInteger(question.value) ? question.value : formatRatio(question.value)} ${question.unit}`;
    case 'mark':
      return question.right
        .map((i) => {
          const before = question.before + question.tokens.slice(0, i).join('');
          return words.inWords(`“${visibleText(question.tokens[i] || words.noText)}”`, lastWords(before));
        })
        .join(', ');
  }
}
