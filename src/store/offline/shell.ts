import { create } from 'zustand';
import type { ShellReport, ToServiceWorker } from '../../sw/messages';
import { giveWay, useMeasuring } from '../engine/measuring';
import { reloadTab } from '../page/tab';

export interface ShellState {
  /**
   * The page's own files in this browser. `unasked`: not looked at yet; `unsupported`: this browser has no service workers here;
   * `failed`: they could not be stored, as for want of room.
   */
  readonly shell: 'unasked' | 'unsupported' | 'storing' | 'stored' | 'failed';
  /** Of the stored files; null until they are. */
  readonly bytes: number | null;
  /** A newer version of the page: stored and waiting to be asked for, taking over, or taken over because another tab asked for it. */
  readonly update: 'none' | 'waiting' | 'applying' | 'elsewhere';
}

export const useShell = create<ShellState>()(() => ({ shell: 'unasked', bytes: null, update: 'none' }));

/** How long a service worker may take to answer before it counts as silent. */
const ANSWER_WITHIN_MS = 10_000;

/** How long a run waits for the file that is being stored. */
const HOLD_WITHIN_MS = 250;
/** What storing has of every pause between two runs: as many in a row as there are, it comes to its end. */
const SHARE_MS = 200;

let registration: ServiceWorkerRegistration | null = null;

/**
 * Has the service worker store the page's own files, and from now on tells in the state what becomes of them and of newer versions. Never
 * reloads the page.
 */
export async function registerShell(container: ServiceWorkerContainer | undefined = serviceWorkers()): Promise<void> {
  if (!container) {
    useShell.setState({ shell: 'unsupported' });
    return;
  }
  if (!container.oncontrollerchange) {
    const isFirst = container.controller === null;
    container.oncontrollerchange = () => {
      // The first version takes over what none had.
      if (!isFirst || useShell.getState().update !== 'none') tookOver();
    };
  }
  useShell.setState({ shell: 'storing' });
  try {
    registration = await container.register(new URL('serviceWorker.js', document.baseURI), {
      scope: new URL('./', document.baseURI).pathname,
      updateViaCache: 'none',
    });
    watch(registration);
    giveWay({ hold, release });
    if (useMeasuring.getState().tasks > 0) void hold();
    else release();
  } catch {
    useShell.setState({ shell: 'failed' });
  }
}

/** Asks the server for a newer version; what is found comes with the state. */
export async function lookForUpdate(): Promise<void> {
  await registration?.update().catch(() => undefined);
}

/** Has the newer version take over, then reloads this page from it, and keeps its content. Only when a person asks for it. */
export async function applyUpdate(): Promise<void> {
  if (useShell.getState().update === 'elsewhere') {
    reloadTab();
    return;
  }
  const waiting = registration?.waiting;
  if (!waiting) return;
  useShell.setState({ update: 'applying' });
  await tell(waiting, { type: 'activate' });
}

/** Looks again whether every file of the page is stored. */
export async function checkShell(): Promise<void> {
  const active = registration?.active;
  if (!active) return;
  const report = await tell<ShellReport>(active, { type: 'report' });
  if (!report) return;
  useShell.setState({ shell: report.missing === 0 ? 'stored' : 'failed', bytes: report.bytes });
}

function serviceWorkers(): ServiceWorkerContainer | undefined {
  return 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
}

function watch(registered: ServiceWorkerRegistration): void {
  const follow = (installing: ServiceWorker | null) => {
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && registered.active) useShell.setState({ update: 'waiting' });
      if (installing.state === 'activated') void settle(registered);
      if (installing.state === 'redundant' && !registered.active) useShell.setState({ shell: 'failed' });
    });
  };
  follow(registered.installing);
  registered.addEventListener('updatefound', () => {
    follow(registered.installing);
    if (useMeasuring.getState().tasks > 0) void hold();
  });
  if (registered.waiting && registered.active) useShell.setState({ update: 'waiting' });
  if (registered.active) void settle(registered);
}

/** The version that is active is this page's: what earlier ones left can go, and its files are counted. */
async function settle({ active }: ServiceWorkerRegistration): Promise<void> {
  if (useShell.getState().update === 'none' && active) await tell(active, { type: 'tidy' });
  await checkShell();
}

let releasedAt = 0;

/** Has the installation of a version wait, once the file that it stores now is stored. */
async function hold(): Promise<void> {
  if (!registration?.installing) return;
  await delay(releasedAt + SHARE_MS - performance.now());
  const { installing } = registration;
  if (installing) await Promise.race([tell(installing, { type: 'hold' }), delay(HOLD_WITHIN_MS)]);
}

function release(): void {
  releasedAt = performance.now();
  if (registration?.installing) void tell(registration.installing, { type: 'release' });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function tookOver(): void {
  if (useShell.getState().update === 'applying') reloadTab();
  else useShell.setState({ update: 'elsewhere' });
}

/** What `worker` answers to `message`; undefined if it says nothing. */
function tell<Answer>(worker: ServiceWorker, message: ToServiceWorker): Promise<Answer | undefined> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
    port1.onmessage = (event: MessageEvent<Answer>) => {
      clearTimeout(timer);
      port1.close();
      resolve(event.data);
    };
    worker.postMessage(message, [port2]);
  });
}
