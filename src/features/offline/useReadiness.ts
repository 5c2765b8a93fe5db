import { useTarget, wholePair } from '../../store/engine/catalogue';
import { isReadyOffline, useOffline } from '../../store/offline/offline';
import { useShell } from '../../store/offline/shell';
import { useSettings } from '../../store/run/settings';
import type { offline as words } from '../../ui/texts/offline';

export type Readiness = keyof typeof words.states;

/** How far the page is from working without a network. */
export function useReadiness(): Readiness {
  const shell = useShell();
  const offline = useOffline();
  useTarget();
  const pair = wholePair(useSettings());
  if (shell.shell === 'unsupported') return 'unsupported';
  if (isReadyOffline(shell, offline, pair)) return 'ready';
  return shell.shell === 'unasked' || shell.shell === 'storing' || offline.storing ? 'preparing' : 'incomplete';
}
