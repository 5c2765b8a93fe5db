import { useId, useState } from 'react';
import type { Answer, Question } from '../../../lessons/quiz/question';
import { giveAnswer } from '../../../store/course/quiz';
import { Button } from '../../../ui/Button';
import { quiz as words } from '../../../ui/texts/quiz';
import { visibleText } from '../../../ui/visibleText';

type Of<Kind extends Question['form']> = Extract<Question, { form: Kind }>;

interface FormProps<Asked extends Question> {
  readonly question: Asked;
  readonly answer: Answer;
  /** Whether the answer has been judged and stands. */
  readonly checked: boolean;
}

/** How a question of its form is answered: with native controls, so that keys and screen readers do what they do elsewhere. */
export function Form({ question, answer, checked }: FormProps<Question>) {
  const rest = { answer, checked };
  switch (question.form) {
    case 'single':
    case 'multiple':
      return <Options question={question} {...rest} />;
    case 'order':
      return <Order question={question} {...rest} />;
    case 'number':
      return <NumberAnswer question={question} {...rest} />;
    case 'mark':
      return <Mark question={question} {...rest} />;
  }
}

function Options({ question, answer, checked }: FormProps<Of<'single'> | Of<'multiple'>>) {
  const name = useId();
  const single = question.form === 'single';
  const right = question.form === 'single' ? [question.right] : question.right;
  return (
    <fieldset className="quiz-options" disabled={checked}>
      <legend className="visually-hidden">{words.options}</legend>
      {question.options.map((option, i) => (
        <label key={option} data-right={checked && right.includes(i) ? true : undefined} data-chosen={answer.includes(i) || undefined}>
          <input
            type={single ? 'radio' : 'checkbox'}
            name={name}
            checked={answer.includes(i)}
            onChange={() => giveAnswer(single ? [i] : toggled(answer, i))}
          />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Order({ question, answer, checked }: FormProps<Of<'order'>>) {
  return (
    <ol className="quiz-order" aria-label={words.steps}>
      {answer.map((step, place) => {
        const text = question.steps[step] ?? '';
        return (
          <li key={step} data-right={checked && step === place ? true : undefined}>
            <span>{text}</span>
            <Button
              look="quiet"
              name={words.up(text)}
              disabled={checked || place === 0}
              onPress={() => giveAnswer(swapped(answer, place, place - 1))}
            >
              ↑
            </Button>
            <Button
              look="quiet"
              name={words.down(text)}
              disabled={checked || place === answer.length - 1}
              onPress={() => giveAnswer(swapped(answer, place, place + 1))}
            >
              ↓
            </Button>
          </li>
        );
      })}
    </ol>
  );
}

function NumberAnswer({ question, answer, checked }: FormProps<Of<'number'>>) {
  const id = useId();
  const [given] = answer;
  const [noNumber, setNoNumber] = useState(false);
  return (
    <div className="number-field quiz-number">
      <label className="field-label" htmlFor={id}>
        {words.number}
      </label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        step="any"
        disabled={checked}
        defaultValue={given}
        aria-invalid={noNumber}
        aria-describedby={noNumber ? `${id}-note` : undefined}
        onInput={({ currentTarget: { value, validity } }) => {
          setNoNumber(validity.badInput);
          giveAnswer(value === '' ? [] : [Number(value)]);
        }}
      />{' '}
      <span>{question.unit}</span>
      {noNumber ? (
        <p className="field-error" id={`${id}-note`}>
          {words.noNumber}
        </p>
      ) : null}
    </div>
  );
}

function Mark({ question, answer, checked }: FormProps<Of<'mark'>>) {
  return (
    <fieldset className="quiz-tokens">
      <legend className="visually-hidden">{words.tokens}</legend>
      <span className="quiz-before">{question.before}</span>
      {question.tokens.map((text, i) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: two tokens may read alike, and none changes its place
          key={i}
          type="button"
          className="quiz-token"
          aria-pressed={answer.includes(i)}
          aria-disabled={checked}
          data-right={checked && question.right.includes(i) ? true : undefined}
          onClick={() => giveAnswer(toggled(answer, i))}
        >
          {text === '' ? words.noText : /\S/.test(text) && !/[\n\t]/.test(text) ? text : visibleText(text)}
        </button>
      ))}
    </fieldset>
  );
}

function toggled(answer: Answer, i: number): Answer {
  return answer.includes(i) ? answer.filter((each) => each !== i) : [...answer, i];
}

function swapped(answer: Answer, a: number, b: number): Answer {
  return answer.map((step, place) => (place === a ? (answer[b] ?? step) : place === b ? (answer[a] ?? step) : step));
}
