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

/** What WebAssembly addresses, in which each model that the CPU runs has its weights and its cache. */
const ADDRESSED = 2 ** 32;

/**
 * Refuses `models`, which are to run together, where they cannot.
 *
 * @param device null: without WebGPU, on the CPU
 * @param room bytes that can still be stored; null: not known
 * @throws FailureError feature-missing, model-too-large, storage
 */
export function requireFit(models: readonly Measured[], device: DeviceLimits | null, room: number | null): void {
  const names = models.map(({ name }) => `"${name}"`).join(' and ');
  if (device) requireAdapter(models, names, device);
  else for (const model of models) requireCpu(model);
  const writes = sum(models.map(({ writeBytes }) => writeBytes));
  if (room !== null && writes > room) {
    throw new FailureError(
      'storage',
      `There is no room to keep ${names}: ${formatBytes(writes)} would be written, and the browser lets this page store ${formatBytes(room)} more.`,
      'Delete a model that you do not need, free space on the disk, or choose a smaller file.',
    );
  }
}

function requireAdapter(models: readonly Measured[], names: string, { bindingBytes, memoryBytes }: DeviceLimits): void {
  const wide = models.find(({ sizes }) => sizes.largestBytes > bindingBytes);
  if (wide) {
    throw tooLarge(
      `"${wide.name}" is too large for this graphics adapter: one of its matrices takes ${formatBytes(wide.sizes.largestBytes)}, and the adapter reads ${formatBytes(bindingBytes)} at a time.`,
    );
  }
  const memory = sum(models.map(memoryOf));
  if (memoryBytes !== null && memory > memoryBytes) {
    throw tooLarge(
      `${names} would take ${formatBytes(memory)} of memory for weights and caches, and this device has ${formatBytes(memoryBytes)}.`,
    );
  }
}

function requireCpu(model: Measured): void {
  refuseHalfCache(model);
  const memory = memoryOf(model);
  if (memory <= ADDRESSED) return;
  throw tooLarge(
    `"${model.name}" would take ${formatBytes(memory)} of memory for weights and cache, and without WebGPU a model has ${formatBytes(ADDRESSED)}.`,
  );
}

/** The CPU keeps keys and values in full precision. @throws FailureError feature-missing */
export function refuseHalfCache({ name, halfCache }: { readonly name: string; readonly halfCache?: boolean | undefined }): void {
  if (!halfCache) return;
  throw new FailureError(
    'feature-missing',
    `${name} is to keep its cache in half precision, which only WebGPU does.`,
    'Keep its cache in full precision, or run on WebGPU.',
  );
}

function memoryOf(model: Measured): number {
  return model.sizes.convertedBytes + cacheBytes(model);
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
