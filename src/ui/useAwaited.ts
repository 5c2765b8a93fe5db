import { modelsOf } from '../catalog/spec';
import { awaitedOf } from '../core/run/awaited';
import type { RunEvent } from '../core/types';
import { chosenPair } from '../store/engine/catalogue';
import { useLoading } from '../store/engine/loading';
import { awaited as words } from './texts/awaited';

/** What a run that goes on waits for, in a sentence, kept true. @param events of that run, none before its start */
export function useAwaited(events: readonly RunEvent[]): string {
  const loading = useLoadingSentence();
  const awaited = awaitedOf(events);
  return awaited.what === 'start' ? (loading ?? words.starting) : words.running(awaited);
}

/** What the models of the chosen pair wait for; null where all are ready. */
export function useLoadingSentence(): string | null {
  const progress = useLoading((state) => state.progress);
  const pair = chosenPair();
  const models = pair ? modelsOf(pair).map(({ id }) => progress[id]) : [undefined];
  const coming = models.find((model) => model && model.phase !== 'ready');
  if (coming) return words.loading(coming);
  return models.includes(undefined) ? words.engine : null;
}
