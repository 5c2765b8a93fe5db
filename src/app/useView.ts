import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { onAddress, readAddress } from '../store/page/address';
import { page } from '../ui/texts';
import { frame } from '../ui/texts/frame';
import { VIEWS, type View } from './views';

/** The view that the address names, the first one where it names none. Another one is shown from its top, and names the window. */
export function useView(): View {
  const hash = useSyncExternalStore(onAddress, () => location.hash);
  const shown = VIEWS.find(({ id }) => id === readAddress(hash).view) ?? VIEWS[0];
  const before = useRef(shown);
  // Before the view itself, which may name the window by what it shows.
  useLayoutEffect(() => {
    document.title = shown === VIEWS[0] ? page.name : frame.title(shown.label, page.name);
  }, [shown]);
  useEffect(() => {
    if (before.current !== shown) scrollTo(0, 0);
    before.current = shown;
  }, [shown]);
  return shown;
}
