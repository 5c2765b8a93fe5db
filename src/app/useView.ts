import { useEffect, useRef, useSyncExternalStore } from 'react';
import { page } from '../ui/texts';
import { frame } from '../ui/texts/frame';
import { VIEWS, type View } from './views';

/** The view that the address names, the first one where it names none. Another one is shown from its top, and names the window. */
export function useView(): View {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const shown = VIEWS.find(({ id }) => hash === `#${id}` || hash.startsWith(`#${id}/`)) ?? VIEWS[0];
  const before = useRef(shown);
  useEffect(() => {
    document.title = shown === VIEWS[0] ? page.name : frame.title(shown.label, page.name);
    if (before.current !== shown) scrollTo(0, 0);
    before.current = shown;
  }, [shown]);
  return shown;
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
