import { Suspense, useEffect, useState } from 'react';
import { FootNotices } from '../features/footNotices';
import { OfflineNotices, OfflinePanel } from '../features/offline';
import { keepPairSettled } from '../store/engine/catalogue';
import { usePalette } from '../store/page/palette';
import { fetchPart } from '../ui/later';
import { views as words } from '../ui/texts';
import './app.css';
import { Header } from './Header';
import { Overlays } from './Overlays';
import { useShortcuts } from './useShortcuts';
import { useView } from './useView';
import { VIEWS } from './views';

/** ms after the start. The search is fetched before it is asked for: what is typed while it comes would go astray. */
const PALETTE_AFTER = 1500;

export function App() {
  useShortcuts();
  useEffect(keepPairSettled, []);
  const shown = useView();
  const View = shown.component;
  const open = usePalette((state) => state.open);
  const found = usePaletteViews(open !== null);
  return (
    <>
      <Header shown={shown} />
      <OfflineNotices />
      <Suspense fallback={<main className="page-waiting">{words.waiting}</main>}>
        <View />
      </Suspense>
      <FootNotices />
      {found && open === 'search' ? <found.Palette places={VIEWS} shown={shown} /> : null}
      {found && open === 'keys' ? <found.Shortcuts places={VIEWS} /> : null}
      <Overlays />
      <OfflinePanel />
    </>
  );
}

/** The search and the list of keys, fetched apart from the shell. Not by `lazy`: React shows what was suspended 300 ms late. */
function usePaletteViews(wanted: boolean): typeof import('../features/palette') | null {
  const [views, setViews] = useState<typeof import('../features/palette') | null>(null);
  useEffect(() => {
    if (views) return;
    const timer = setTimeout(
      () => fetchPart(() => import('../features/palette')).then(setViews, () => undefined),
      wanted ? 0 : PALETTE_AFTER,
    );
    return () => clearTimeout(timer);
  }, [views, wanted]);
  return views;
}
