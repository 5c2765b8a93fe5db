import { lessonOf } from '../../../lessons';
import type { Ground, TutorAnswer } from '../../../lessons/tutor';
import { WithTerms } from '../../../ui/Term';
import { tutor as words } from '../../../ui/texts/tutor';
import { PlaceLink } from '../PlaceLink';
import { questionAddress, termAddress } from '../path';

/** An answer, what it stands on with a link to it, and where else to look. */
export function Answered({ answer: { text, ground, more } }: { readonly answer: TutorAnswer }) {
  return (
    <>
      <p className="tutor-answer">
        <WithTerms>{text}</WithTerms>
      </p>
      <figure className="tutor-ground">
        {ground.kind === 'passage' && ground.passage.text !== text ? <blockquote>{ground.passage.text}</blockquote> : null}
        <figcaption>
          {words.standsOn} <GroundLink ground={ground} />
          {ground.kind === 'question' && ground.question.lesson !== null ? (
            <>
              {'. '}
              {words.readMore} <PlaceLink lesson={ground.question.lesson} section={ground.question.section} />
            </>
          ) : null}
        </figcaption>
      </figure>
      {more.length > 0 ? (
        <section className="tutor-more" aria-label={words.more}>
          <p className="live-note">{words.more}:</p>
          {more.map((each) => (
            <details key={keyOf(each)}>
              <summary>{nameOf(each)}</summary>
              <p className="tutor-ground">
                {textOf(each)} <GroundLink ground={each} />
              </p>
            </details>
          ))}
        </section>
      ) : null}
    </>
  );
}

/** What stands nearest to a question that nothing surely answers. */
export function Nearest({ grounds }: { readonly grounds: readonly Ground[] }) {
  return (
    <>
      <p>{words.near}</p>
      <ol className="tutor-near">
        {grounds.map((ground) => (
          <li key={keyOf(ground)}>
            <GroundLink ground={ground} />
            <p className="tutor-ground">{textOf(ground)}</p>
          </li>
        ))}
      </ol>
    </>
  );
}

function GroundLink({ ground }: { readonly ground: Ground }) {
  if (ground.kind === 'passage') return <PlaceLink lesson={ground.passage.lesson} section={ground.passage.section} />;
  const to = ground.kind === 'question' ? questionAddress(ground.question.id) : termAddress(ground.term.id);
  return <a href={to}>{nameOf(ground)}</a>;
}

function nameOf(ground: Ground): string {
  if (ground.kind === 'question') return words.common(ground.question.ask);
  if (ground.kind === 'term') return words.term(ground.term.name);
  return words.place(lessonOf(ground.passage.lesson)?.title ?? ground.passage.lesson, ground.passage.section);
}

function keyOf(ground: Ground): string {
  return ground.kind === 'question' ? ground.question.id : ground.kind === 'term' ? ground.term.id : ground.passage.text;
}

function textOf(ground: Ground): string {
  return ground.kind === 'question' ? ground.question.answer : ground.kind === 'term' ? ground.term.definition : ground.passage.text;
}
