import { lessonOf } from '../../../lessons';
import { type Passage, sectionSlug } from '../../../lessons/text';
import type { Answer } from '../../../lessons/tutor';
import { WithTerms } from '../../../ui/Term';
import { tutor as words } from '../../../ui/texts/tutor';
import { lessonAddress, toolAddress } from '../path';

/** An answer, the passage that it stands on with a link to it, and where else to look. */
export function Answered({ answer: { text, ground, more } }: { readonly answer: Answer }) {
  return (
    <>
      <p className="tutor-answer">
        <WithTerms>{text}</WithTerms>
      </p>
      <figure className="tutor-ground">
        {ground.kind === 'passage' && ground.passage.text !== text ? <blockquote>{ground.passage.text}</blockquote> : null}
        <figcaption>
          {words.standsOn}{' '}
          {ground.kind === 'passage' ? (
            <PassageLink passage={ground.passage} />
          ) : (
            <a href={toolAddress('words')}>{words.term(ground.term.name)}</a>
          )}
        </figcaption>
      </figure>
      {more.length > 0 ? (
        <p className="live-note">
          {words.more}:{' '}
          {more.map((passage, i) => (
            <span key={passage.text}>
              {i > 0 ? ' · ' : ''}
              <PassageLink passage={passage} />
            </span>
          ))}
        </p>
      ) : null}
    </>
  );
}

function PassageLink({ passage: { lesson, section } }: { readonly passage: Passage }) {
  return (
    <a href={lessonAddress(lesson, section === null ? null : sectionSlug(section))}>
      {words.place(lessonOf(lesson)?.title ?? lesson, section)}
    </a>
  );
}
