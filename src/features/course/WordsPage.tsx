import { GLOSSARY } from '../../lessons/glossary';
import { words } from '../../ui/texts/course';

const SORTED = [...GLOSSARY].sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** The glossary, in the order of the alphabet. */
export function WordsPage() {
  return (
    <article>
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <dl className="glossary">
        {SORTED.map(({ id, name, definition }) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
