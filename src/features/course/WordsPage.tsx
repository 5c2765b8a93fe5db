import { useEffect, useSyncExternalStore } from 'react';
import { GLOSSARY } from '../../lessons/glossary';
import { onAddress } from '../../store/address';
import { words } from '../../ui/texts/course';

const SORTED = [...GLOSSARY].sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** The glossary, in the order of the alphabet; at the word that the address names. */
export function WordsPage() {
  const hash = useSyncExternalStore(onAddress, () => location.hash);
  const wanted = hash.split('/')[2];
  useEffect(() => {
    if (!wanted) return;
    // A view that was just entered is shown from its top first.
    const frame = requestAnimationFrame(() => document.getElementById(`word-${wanted}`)?.focus());
    return () => cancelAnimationFrame(frame);
  }, [wanted]);
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
