import { useLoading } from '../../store/engine/loading';
import { isReadyOffline, useOffline } from '../../store/offline/offline';
import { useShell } from '../../store/offline/shell';
import { useSettings } from '../../store/run/settings';
import type { offline as words } from '../../ui/texts/offline';

export type Readiness = keyof typeof words.states;

/** How far the page is from working without a network. */
export function useReadiness(): Readiness {
  const shell = useShell();
  const offline = useOffline();
  const manifest = useLoading((state) => state.manifest);
  const draft = useSettings((settings) => settings.draft);
  if (shell.shell === 'unsupported') return 'unsupported';
  if (isReadyOffline(shell, offline, manifest, draft)) return 'ready';
  return shell.shell === 'unasked' || shell.shell === 'storing' || offline.storing ? 'preparing' : 'incomplete';
}
