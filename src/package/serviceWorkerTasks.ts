import { type Failure, FailureError } from '../core/failure';
import { ENDED, type TaskWorker } from '../worker/client';
import { type TaskEngine, workerTasks } from './tasks';

/** How long a page may take to begin to register a service worker. */
const REGISTERED_WITHIN_MS = 5000;

/** What a page tells its service worker, which may hear other messages too: a task, the log level, or the question which instance it is. */
export interface ToServiceWorker {
  readonly foretoken: unknown;
}

/** The question, with a port for the answer: a text that another run of the script does not give. */
export const WHICH_INSTANCE = 'which-instance';

/**
 * The engine of the page's service worker. From its first task until it is unloaded it is asked every `keepAliveMs` which instance it is, which keeps it
 * alive. The browser may end it nevertheless: then the tasks under way fail with engine-lost, and the next one starts it again.
 *
 * @throws FailureError engine-lost where the page has none
 */
export async function serviceWorkerTasks(keepAliveMs: number): Promise<TaskEngine> {
  const registration = await findRegistration();
  let staying: ReturnType<typeof setInterval> | undefined;
  const onWorker = async (work: (tasks: TaskEngine) => Promise<void>) => {
    const worker = asWorker(registration);
    const instance = await instanceOf(registration);
    const watch = async () => {
      if ((await instanceOf(registration)) !== instance) worker.dispatchEvent(new CustomEvent(ENDED, { detail: GONE }));
    };
    const watching = setInterval(watch, keepAliveMs);
    staying ??= setInterval(() => void instanceOf(registration), keepAliveMs);
    await work(workerTasks(worker)).finally(() => clearInterval(watching));
  };
  return {
    load: (...task) => onWorker(({ load }) => load(...task)),
    calibrate: (...task) => onWorker(({ calibrate }) => calibrate(...task)),
    run: (...task) => onWorker(({ run }) => run(...task)),
    unload: async (...task) => {
      await onWorker(({ unload }) => unload(...task));
      clearInterval(staying);
      staying = undefined;
    },
    setLogLevel: workerTasks(asWorker(registration)).setLogLevel,
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

/** For one task: whatever version of the service worker is active. Only the browser ends it. */
function asWorker(registration: ServiceWorkerRegistration): TaskWorker {
  const worker = Object.assign(new EventTarget(), {
    postMessage: (message: unknown, transfer?: Transferable[]) => post(registration, { foretoken: message }, transfer),
    terminate: () => undefined,
  });
  return worker as unknown as TaskWorker;
}

/** Names the instance that runs now, which the question starts if need be. */
function instanceOf(registration: ServiceWorkerRegistration): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    post(registration, { foretoken: WHICH_INSTANCE }, [port2]);
  });
}

function post(registration: ServiceWorkerRegistration, message: ToServiceWorker, transfer: Transferable[] = []): void {
  if (!registration.active) throw missing();
  registration.active.postMessage(message, transfer);
}

const GONE: Failure = {
  code: 'engine-lost',
  message: 'The browser has ended the service worker in which the models ran.',
  hint: 'Send the request again: the models load again.',
};

function missing(): FailureError {
  return new FailureError(
    'engine-lost',
    'This page has no service worker.',
    'Register one whose script calls new SpeculativeServiceWorkerHandler(), and wait for it.',
  );
}
