/** Whether models can be kept and run here, before anything of them is written. */
import { formatBytes } from '../core/bytes';
import { FailureError } from '../core/failure';
import type { GgufSizes, Shape } from '../formats/gguf';
import type { DeviceLimits } from './ownPorts';

/** What decides it of a model. */
export interface Measured {
  readonly name: string;
  readonly shape: Shape;
  readonly sizes: GgufSizes;
  /** Tokens that its cache holds. */
  readonly context: number;
  /** Whether it is in half precision. */
  readonly halfCache: boolean;
  /** That are written for it, its libraries among them; 0 where it is there already. */
  readonly writeBytes: number;
}

/**
 * Refuses `models`, which are to run together, where they cannot.
 *
 * @param device null: without WebGPU
 * @param room bytes that can still be stored; null: not known
 * @throws FailureError no-adapter, model-too-large, storage
 */
export function requireFit(models: readonly Measured[], device: DeviceLimits | null, room: number | null): void {
  if (!device) {
    throw new FailureError(
      'no-adapter',
      'Models of your own need WebGPU, and no graphics adapter was found for it.',
      'Use a current Chrome, Edge, Safari or Firefox with graphics acceleration on, over https or localhost.',
    );
  }
  const names = models.map(({ name }) => `"${name}"`).join(' and ');
  const wide = models.find(({ sizes }) => sizes.largestBytes > device.bindingBytes);
  if (wide) {
    throw tooLarge(
      `"${wide.name}" is too large for this graphics adapter: one of its matrices takes ${formatBytes(wide.sizes.largestBytes)}, and the adapter reads ${formatBytes(device.bindingBytes)} at a time.`,
    );
  }
  const memory = sum(models.map((model) => model.sizes.convertedBytes + cacheBytes(model)));
  if (device.memoryBytes !== null && memory > device.memoryBytes) {
    throw tooLarge(
      `${names} would take ${formatBytes(memory)} of memory for weights and caches, and this device has ${formatBytes(device.memoryBytes)}.`,
    );
  }
  const writes = sum(models.map(({ writeBytes }) => writeBytes));
  if (room !== null && writes > room) {
    throw new FailureError(
      'storage',
      `There is no room to keep ${names}: ${formatBytes(writes)} would be written, and the browser lets this page store ${formatBytes(room)} more.`,
      'Delete a model that you do not need, free space on the disk, or choose a smaller file.',
    );
  }
}

/** Of keys and values. */
function cacheBytes({ shape: { layers, kvHeads, headDim }, context, halfCache }: Measured): number {
  return 2 * layers * kvHeads * headDim * context * (halfCache ? 2 : 4);
}

function tooLarge(message: string): FailureError {
  return new FailureError(
    'model-too-large',
    message,
    'Choose a smaller model, or a file of the same one in fewer bits, such as Q4_K_M in place of Q8_0.',
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
