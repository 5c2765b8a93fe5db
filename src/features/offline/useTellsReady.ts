import { useEffect } from 'react';
import { useCatalogue } from '../../store/engine/catalogue';
import { noteReadyTold, useOffline, useOfflineMemory } from '../../store/offline/offline';
import { canTellReady } from '../../store/offline/prepareOffline';
import { useShell } from '../../store/offline/shell';
import { useSettings } from '../../store/run/settings';

/** Long enough to be read twice. */
const READY_TOLD_MS = 12_000;
/** What says so, and is not taken away while it is looked at. */
const LOOKED_AT = '.offline-line:is(:hover, :focus-within)';

/** Whether to say now that the page works offline. After a while it counts as told. */
export function useTellsReady(): boolean {
  useShell();
  useOffline();
  useOfflineMemory();
  useCatalogue();
  useSettings();
  const tells = canTellReady();
  useEffect(() => {
    if (!tells) return;
    const timer = setInterval(() => {
      if (!document.querySelector(LOOKED_AT)) noteReadyTold();
    }, READY_TOLD_MS);
    return () => clearInterval(timer);
  }, [tells]);
  return tells;
}
