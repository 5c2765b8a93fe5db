import { bareReadback } from './readback';

/** A device with nothing to do answers within a millisecond or two. One that looks for finished work ten times a second takes a hundred. */
const LATE_MS = 30;
/** Answers that are timed, so that one pause of the machine says nothing. */
const TIMED = 3;
/** Between two looks. Browsers make it four milliseconds once some timers have followed each other. */
const POLL_MS = 1;

/**
 * Whether `device` answers late that work has been done, each time, though it has nothing else to do: Firefox 153 looks for finished work every 100 ms. To be
 * asked before anything else uses the device. The clock may be coarse.
 */
export async function answersLate(device: GPUDevice): Promise<boolean> {
  const { map, destroy } = bareReadback(device);
  try {
    // The first answer may come early by chance; each later one takes the whole time between two looks.
    await map();
    for (let timed = 0; timed < TIMED; timed++) {
      const begin = performance.now();
      await map();
      if (performance.now() - begin < LATE_MS) return false;
    }
    return true;
  } catch {
    // A device that was lost meanwhile tells so itself.
    return false;
  } finally {
    destroy();
  }
}

/**
 * From now on submits nothing, over and over, as long as somebody waits for a map of a buffer of `device` or for the work of its queue: a browser that looks
 * for finished work from time to time also does so at each submit (wgpu: `Queue::submit` polls the device).
 */
export function pollWhileAwaited(device: GPUDevice): void {
  const { queue } = device;
  let awaited = 0;
  let isPolling = false;
  const poll = () => {
    isPolling = awaited > 0;
    if (!isPolling) return;
    queue.submit([]);
    setTimeout(poll, POLL_MS);
  };
  const watched = <T>(answer: Promise<T>): Promise<T> => {
    const answered = () => {
      awaited--;
    };
    awaited++;
    answer.then(answered, answered);
    if (!isPolling) {
      isPolling = true;
      setTimeout(poll, POLL_MS);
    }
    return answer;
  };
  const createBuffer = device.createBuffer.bind(device);
  const onSubmittedWorkDone = queue.onSubmittedWorkDone.bind(queue);
  replace(queue, 'onSubmittedWorkDone', () => watched(onSubmittedWorkDone()));
  replace(device, 'createBuffer', (descriptor) => {
    const buffer = createBuffer(descriptor);
    const mapAsync = buffer.mapAsync.bind(buffer);
    replace(buffer, 'mapAsync', (...range) => watched(mapAsync(...range)));
    return buffer;
  });
}

function replace<T extends object, K extends keyof T>(of: T, name: K, value: T[K]): void {
  Object.defineProperty(of, name, { configurable: true, value });
}
