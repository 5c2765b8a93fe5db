import { useEffect, useRef } from 'react';
import { views as words } from '../ui/texts';
import { frame } from '../ui/texts/frame';
import { VIEW_GROUPS, VIEWS, type View } from './views';

/** The views by what a person comes for, in one row, which scrolls where it has no room. */
export function Navigation({ shown }: { readonly shown: View }) {
  const row = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view is what it waits for
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (!row.current || !current) return;
    // Not scrollIntoView, which would move the page too.
    row.current.scrollLeft = current.offsetLeft - (row.current.clientWidth - current.offsetWidth) / 2;
  }, [shown]);
  const ungrouped = VIEWS.filter(({ group }) => group === undefined);
  return (
    <nav className="views" aria-label={words.label} ref={row}>
      {VIEW_GROUPS.map((group) => (
        <Links key={group} name={frame.groups[group]} views={VIEWS.filter((view) => view.group === group)} shown={shown} />
      ))}
      <Links name={null} views={ungrouped} shown={shown} />
    </nav>
  );
}

interface LinksProps {
  readonly name: string | null;
  readonly views: readonly View[];
  readonly shown: View;
}

function Links({ name, views, shown }: LinksProps) {
  if (views.length === 0) return null;
  return (
    <div className="views-group">
      {name === null ? null : (
        <span className="views-name" aria-hidden="true">
          {name}
        </span>
      )}
      <ul aria-label={name ?? undefined}>
        {views.map(({ id, label }) => (
          <li key={id}>
            <a href={`#${id}`} aria-current={id === shown.id ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
