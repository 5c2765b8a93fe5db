import { useEffect, useRef, useState } from 'react';
import { type CommonQuestion, QUESTION_GROUPS } from '../../../lessons/questions';
import { WithTerms } from '../../../ui/Term';
import { questions as words } from '../../../ui/texts/questions';
import { PlaceLink } from '../PlaceLink';
import { toolAddress } from '../path';
import { OwnAnswer } from './OwnAnswer';
import './questions.css';

/** What people ask, with answers and this device's figures. @param item id of the question that is meant, if one is */
export function QuestionsPage({ item }: { readonly item: string | null }) {
  return (
    <article className="questions">
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <p className="questions-tutor">
        {words.ask} <a href={toolAddress('tutor')}>{words.tutor}</a>
      </p>
      {QUESTION_GROUPS.map(({ title, questions }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          {questions.map((question) => (
            <Question key={question.id} question={question} meant={question.id === item} />
          ))}
        </section>
      ))}
    </article>
  );
}

function Question({
  question: { ask, answer, lesson, section, figure },
  meant,
}: {
  readonly question: CommonQuestion;
  readonly meant: boolean;
}) {
  const [open, setOpen] = useState(meant);
  const summary = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!meant) return;
    setOpen(true);
    // A view that was just entered is shown from its top first.
    const frame = requestAnimationFrame(() => {
      summary.current?.focus({ preventScroll: true });
      summary.current?.scrollIntoView({ block: 'start' });
    });
    return () => cancelAnimationFrame(frame);
  }, [meant]);
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary ref={summary}>{ask}</summary>
      {open ? (
        <div className="question-answer">
          <p>
            <WithTerms>{answer}</WithTerms>
          </p>
          {figure ? <OwnAnswer figure={figure} /> : null}
          {lesson !== null ? (
            <p className="live-note">
              {words.more} <PlaceLink lesson={lesson} section={section} />
            </p>
          ) : null}
        </div>
      ) : null}
    </details>
  );
}
