import { FailureError } from '../core/failure';
import type { TaskWorker } from '../worker/client';
import { type TaskEngine, workerTasks } from './tasks';

/** How long a page may take to begin to register a service worker. */
const REGISTERED_WITHIN_MS = 5000;

/** What a page tells its service worker, which may hear other messages too. A task comes with a port. */
export interface ToServiceWorker {
  readonly foretoken: unknown;
}

/**
 * The engine of the page's service worker, which is told every `keepAliveMs` that it is needed, from its first task until it is unloaded.
 *
 * @throws FailureError engine-lost where the page has none
 */
export async function serviceWorkerTasks(keepAliveMs: number): Promise<TaskEngine> {
  const registration = await findRegistration();
  const tasks = workerTasks(asWorker(registration));
  let staying: ReturnType<typeof setInterval> | undefined;
  const stay = () => {
    staying ??= setInterval(() => post(registration, { foretoken: { type: 'stay' } }), keepAliveMs);
  };
  return {
    ...tasks,
    load: (...task) => {
      stay();
      return tasks.load(...task);
    },
    unload: (...task) => {
      clearInterval(staying);
      staying = undefined;
      return tasks.unload(...task);
    },
  };
}

/** Waits for what is being registered and installed. @throws FailureError engine-lost where nothing is */
async function findRegistration(): Promise<ServiceWorkerRegistration> {
  const { serviceWorker }: { serviceWorker?: ServiceWorkerContainer } = globalThis.navigator ?? {};
  if (!serviceWorker) throw missing();
  const patience = new Promise<never>((_, reject) => {
    setTimeout(async () => (await serviceWorker.getRegistration()) ?? reject(missing()), REGISTERED_WITHIN_MS);
  });
  return Promise.race([serviceWorker.ready, patience]);
}

/** Whatever version of it is active. Only the browser ends a service worker. */
function asWorker(registration: ServiceWorkerRegistration): TaskWorker {
  const worker = Object.assign(new EventTarget(), {
    postMessage: (message: unknown, transfer?: Transferable[]) => post(registration, { foretoken: message }, transfer),
    terminate: () => undefined,
  });
  return worker as unknown as TaskWorker;
}

function post(registration: ServiceWorkerRegistration, message: ToServiceWorker, transfer: Transferable[] = []): void {
  if (!registration.active) throw missing();
  registration.active.postMessage(message, transfer);
}

function missing(): FailureError {
  return new FailureError(
    'engine-lost',
    'This page has no service worker.',
    'Register one whose script calls new SpeculativeServiceWorkerHandler(), and wait for it.',
  );
}
