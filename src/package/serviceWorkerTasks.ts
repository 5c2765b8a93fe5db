import { FailureError } from '../core/failure';
import type { TaskWorker } from '../worker/client';
import { type TaskEngine, workerTasks } from './tasks';

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
  if (!globalThis.navigator?.serviceWorker || !(await navigator.serviceWorker.getRegistration())) throw missing();
  const registration = await navigator.serviceWorker.ready;
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
