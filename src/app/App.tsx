import { lazy, Suspense, useEffect } from 'react';
import { OfflineNotices, OfflinePanel } from '../features/offline';
import { UndoNotice } from '../features/undo';
import { usePalette } from '../store/palette';
import { views as words } from '../ui/texts';
import './app.css';
import { Header } from './Header';
import { Overlays } from './Overlays';
import { useShortcuts } from './useShortcuts';
import { useView } from './useView';
import { VIEWS } from './views';

const loadPalette = () => import('../features/palette');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const Shortcuts = lazy(async () => ({ default: (await loadPalette()).Shortcuts }));

/** ms after the start. The search is fetched before it is asked for: what is typed while it comes would go astray. */
const PALETTE_AFTER = 1500;

export function App() {
  useShortcuts();
  const shown = useView();
  useEffect(() => {
    const timer = setTimeout(() => loadPalette().catch(() => undefined), PALETTE_AFTER);
    return () => clearTimeout(timer);
  }, []);
  const View = shown.component;
  const open = usePalette((state) => state.open);
  return (
    <>
      <Header shown={shown} />
      <Suspense fallback={<main className="page-waiting">{words.waiting}</main>}>
        <View />
      </Suspense>
      <UndoNotice />
      <Suspense fallback={null}>
        {open === 'search' ? <Palette places={VIEWS} shown={shown} /> : null}
        {open === 'keys' ? <Shortcuts places={VIEWS} /> : null}
      </Suspense>
      <Overlays />
      <OfflinePanel />
      <OfflineNotices />
    </>
  );
}
