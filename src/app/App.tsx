import { Suspense } from 'react';
import { page, views as words } from '../ui/texts';
import './app.css';
import { useShortcuts } from './useShortcuts';
import { useView } from './useView';
import { VIEWS } from './views';

export function App() {
  useShortcuts();
  const shown = useView();
  const View = shown.component;
  return (
    <>
      <header className="page-header">
        <h1>{page.name}</h1>
        <p>{page.tagline}</p>
        {VIEWS.length > 1 && (
          <nav className="views" aria-label={words.label}>
            {VIEWS.map(({ id, label }) => (
              <a key={id} href={`#${id}`} aria-current={id === shown.id ? 'page' : undefined}>
                {label}
              </a>
            ))}
          </nav>
        )}
      </header>
      <Suspense fallback={<main className="page-waiting">{words.waiting}</main>}>
        <View />
      </Suspense>
    </>
  );
}
