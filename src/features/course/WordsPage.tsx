import { useEffect } from 'react';
import { GLOSSARY } from '../../lessons/glossary';
import { words } from '../../ui/texts/course';

const SORTED = [...GLOSSARY].sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** The glossary, in the order of the alphabet. @param item id of the term that is meant, if one is */
export function WordsPage({ item }: { readonly item: string | null }) {
  useEffect(() => {
    if (item === null) return;
    // A view that was just entered is shown from its top first.
    const frame = requestAnimationFrame(() => document.getElementById(`word-${item}`)?.focus());
    return () => cancelAnimationFrame(frame);
  }, [item]);
  return (
    <article>
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <dl className="glossary">
        {SORTED.map(({ id, name, definition }) => (
          <div key={id}>
            <dt id={`word-${id}`} tabIndex={-1}>
              {name}
            </dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
