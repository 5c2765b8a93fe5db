import { useSyncExternalStore } from 'react';
import { VIEWS, type View } from './views';

/** The view that the address names, the first one where it names none. */
export function useView(): View {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return VIEWS.find(({ id }) => hash === `#${id}` || hash.startsWith(`#${id}/`)) ?? VIEWS[0];
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
