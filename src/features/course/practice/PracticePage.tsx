import { useId } from 'react';
import { GLOSSARY } from '../../../lessons/glossary';
import { changePractice, useProgress } from '../../../store/course/progress';
import { practice as words } from '../../../ui/texts/practice';
import { Example } from './Example';
import { Explain } from './Explain';
import { NextSteps } from './NextSteps';
import { Note } from './Note';
import { Planted } from './Planted';
import './practice.css';

/** The guided practice: a text with planted mistakes, three steps on a person's own example, and a comparison with what they want. All that is written is kept. */
export function PracticePage() {
  const frozen = useProgress((state) => state.frozen);
  return (
    <article className="practice">
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <Planted />
      <Example />
      <Explain />
      <NextSteps />
      <CheckTerm />
      <Compare />
      <p className="live-note">{frozen ? words.notKept : words.kept}</p>
    </article>
  );
}

function CheckTerm() {
  const { source, found } = useProgress((state) => state.progress.practice);
  const definition = GLOSSARY.find(({ id }) => id === 'draft-model')?.definition;
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.check.title}</h3>
      <p>{words.check.words}</p>
      <p className="practice-quote">
        <b>{words.check.ours}:</b> {definition}
      </p>
      <p className="field-label">{words.check.sources}</p>
      <ul className="practice-sources">
        {words.check.list.map(({ name, at }) => (
          <li key={at}>
            <a href={at} target="_blank" rel="noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
      <Note
        label={words.check.source}
        example={words.filledIn.source}
        value={source}
        rows={1}
        onChange={(value) => changePractice({ source: value })}
      />
      <Note label={words.check.found} example={words.filledIn.found} value={found} onChange={(value) => changePractice({ found: value })} />
    </section>
  );
}

function Compare() {
  const { goal, constraints, verdict } = useProgress((state) => state.progress.practice);
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.compare.title}</h3>
      <p>{words.compare.words}</p>
      <Note label={words.compare.goal} example={words.filledIn.goal} value={goal} onChange={(value) => changePractice({ goal: value })} />
      <Note
        label={words.compare.constraints}
        example={words.filledIn.constraints}
        value={constraints}
        onChange={(value) => changePractice({ constraints: value })}
      />
      <Note
        label={words.compare.verdict}
        example={words.filledIn.verdict}
        value={verdict}
        onChange={(value) => changePractice({ verdict: value })}
      />
    </section>
  );
}
