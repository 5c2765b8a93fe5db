import { type FormEvent, useId, useState } from 'react';
import { askTutor, type Exchange, useTutor } from '../../../store/course/tutor';
import { tutor as words } from '../../../ui/texts/tutor';
import { toolAddress } from '../path';
import { Answered, Nearest } from './Answered';
import { PairWrites } from './PairWrites';
import './tutor.css';

/** Questions about the lessons, answered from their text. */
export function TutorPage() {
  const exchanges = useTutor((state) => state.exchanges);
  const [latest] = exchanges;
  return (
    <article className="tutor">
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <AskForm />
      <section aria-label={words.answers} aria-live="polite">
        {exchanges.map((exchange) => (
          <Exchanged key={exchange.number} exchange={exchange} />
        ))}
      </section>
      {latest ? <PairWrites key={latest.number} exchange={latest} /> : null}
    </article>
  );
}

function AskForm() {
  const id = useId();
  const [question, setQuestion] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    askTutor(question);
    setQuestion('');
  };
  return (
    <form className="tutor-form" onSubmit={submit}>
      <label className="field-label" htmlFor={id}>
        {words.label}
      </label>
      <div className="tutor-ask">
        <input
          id={id}
          type="text"
          value={question}
          autoComplete="off"
          maxLength={400}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <button type="submit" className="button primary">
          {words.ask}
        </button>
      </div>
      <p className="tutor-examples">
        {words.examples}:{' '}
        {words.exampleQuestions.map((example) => (
          <button key={example} type="button" className="tutor-example" onClick={() => askTutor(example)}>
            {example}
          </button>
        ))}
      </p>
    </form>
  );
}

function Exchanged({ exchange: { question, reply } }: { readonly exchange: Exchange }) {
  return (
    <div className="exchange">
      <h3>{question}</h3>
      {reply.kind === 'answer' ? <Answered answer={reply} /> : null}
      {reply.kind === 'near' ? <Nearest grounds={reply.grounds} /> : null}
      {reply.kind === 'none' ? (
        <p>
          {words.none} <a href={toolAddress('questions')}>{words.commonQuestions}</a> · <a href={toolAddress('words')}>{words.keyTerms}</a>
        </p>
      ) : null}
    </div>
  );
}
