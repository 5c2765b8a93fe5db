import { chosenPair, readAddedModels, wholePair } from '../engine/catalogue';
import { isReady, useLoading } from '../engine/loading';
import { useMeasuring } from '../engine/measuring';
import { useWork } from '../engine/work';
import { useRun } from '../run/run';
import { useSettings } from '../run/settings';
import { isReadyOffline, lookAtStorage, protectStorage, storePair, useOffline, useOfflineMemory } from './offline';
import { checkShell, lookForUpdate, registerShell, useShell } from './shell';

/** A page that stays open looks for a newer version when it is looked at again, at most this often. */
const LOOK_EVERY_MS = 3_600_000;

/**
 * Once the models are ready, stores all that the page needs without a network, between whatever is measured: its own files first, then, while
 * the models are free, what is missing of the pair, as the drafts that were not chosen. With data saving on, no models are fetched without a request.
 */
export async function prepareOffline(): Promise<void> {
  await when(() => isSettled() && useMeasuring.getState().tasks === 0, [useLoading, useMeasuring]);
  void lookAtStorage();
  lookAfterLoads();
  useRun.subscribe(askOnceForProtection);
  await registerShell();
  await shellSettled();
  await storeChosen();
  useSettings.subscribe(({ target, draft }, before) => {
    if (target !== before.target || draft !== before.draft) void storeChosen();
  });
  lookNowAndThen();
}

/** From now on, looks at the storage whenever models have become ready or a load ends, which leaves files there. @returns what ends it */
export function lookAfterLoads(): () => void {
  return useLoading.subscribe(({ progress, underWay }, before) => {
    const hasEnded = before.underWay && !underWay;
    if (hasEnded || (progress !== before.progress && isSettled())) void lookAtStorage();
  });
}

/** Stores what is missing of the chosen target's models once they are ready; none that nobody has asked for. */
async function storeChosen(): Promise<void> {
  await quiet();
  await lookAtStorage();
  const { shell } = useShell.getState();
  if (shell === 'stored' && !isConnectionSpared() && !useLoading.getState().unasked) await storePair();
}

/** Whether the page was found ready to work offline, and the person has not heard of it yet. */
export function canTellReady(): boolean {
  const ready = isReadyOffline(useShell.getState(), useOffline.getState(), wholePair());
  return ready && useOffline.getState().storing === null && !useOfflineMemory.getState().told;
}

/** A person who has seen a run to its end uses the page: a browser that asks back finds someone who knows why. */
function askOnceForProtection({ events }: { readonly events: readonly { readonly type: string }[] }): void {
  if (events.at(-1)?.type !== 'end' || useOfflineMemory.getState().asked) return;
  if (useOffline.getState().protected === false) void protectStorage();
}

function isSettled(): boolean {
  const loading = useLoading.getState();
  if (loading.failure || loading.unasked) return true;
  // Its draft, where none drafts now, is not on its way.
  const pair = chosenPair();
  return pair !== null && isReady(pair, loading);
}

/** Resolves when the models are ready, have failed, or wait to be asked for, and neither work nor measurement is under way. */
function quiet(): Promise<void> {
  const isQuiet = () => isSettled() && useMeasuring.getState().tasks === 0 && useWork.getState().current === null;
  return when(isQuiet, [useLoading, useMeasuring, useWork]);
}

function shellSettled(): Promise<void> {
  return when(() => useShell.getState().shell !== 'storing', [useShell]);
}

function when(holds: () => boolean, stores: readonly { subscribe(changed: () => void): () => void }[]): Promise<void> {
  return new Promise((resolve) => {
    const look = () => holds() && end();
    const leave = stores.map((store) => store.subscribe(look));
    const end = () => {
      for (const unsubscribe of leave) unsubscribe();
      resolve();
    };
    look();
  });
}

function isConnectionSpared(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

function lookNowAndThen(): void {
  let lookedAt = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    void checkShell();
    // Another tab may have stored or deleted models, and opened files.
    void readAddedModels().then(lookAtStorage);
    if (Date.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = Date.now();
    void lookForUpdate();
  });
}
