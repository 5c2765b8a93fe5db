/** Whether models can be kept and run here, before anything of them is written. */
import { ADDRESSED_BYTES, formatBytes } from '../core/bytes';
import { FailureError } from '../core/failure';
import type { GgufSizes, Shape } from '../formats/gguf';
import type { BackendChoice } from '../formats/settings';
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

/** Where models are to run. */
export interface Machine {
  /** What WebGPU has; null without it. */
  readonly device: DeviceLimits | null;
  /** Of the whole machine; null where it is not told. */
  readonly memoryBytes: number | null;
  readonly backend: BackendChoice;
}

/** Most that a pass of a model on the CPU writes beside its cache, and its angles. */
const PASS_BYTES = 64 << 20;

/**
 * Refuses `models`, which are to run together, where they cannot.
 *
 * @param room bytes that can still be stored; null: not known
 * @throws FailureError feature-missing, model-too-large, storage
 */
export function requireFit(models: readonly Measured[], { device, memoryBytes, backend }: Machine, room: number | null): void {
  const names = models.map(({ name }) => `"${name}"`).join(' and ');
  const byCpu = () => requireCpu(models, names, memoryBytes);
  if (!device || backend === 'cpu') byCpu();
  // Where the adapter is made of software either may compute, and one that can is enough.
  else if (!(device.software && backend === 'auto' && passes(byCpu))) requireAdapter(models, names, device);
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
  requireMemory(models, names, memoryBytes);
}

function requireMemory(models: readonly Measured[], names: string, memoryBytes: number | null): void {
  const memory = sum(models.map(memoryOf));
  if (memoryBytes === null || memory <= memoryBytes) return;
  throw tooLarge(
    `${names} would take ${formatBytes(memory)} of memory for weights and caches, and this device has ${formatBytes(memoryBytes)}.`,
  );
}

function requireCpu(models: readonly Measured[], names: string, memoryBytes: number | null): void {
  for (const model of models) {
    refuseHalfCache(model);
    const own = memoryOf(model) + PASS_BYTES;
    if (own <= ADDRESSED_BYTES) continue;
    throw tooLarge(
      `"${model.name}" would take ${formatBytes(own)} of memory for weights and cache, and without WebGPU a model has ${formatBytes(ADDRESSED_BYTES)}.`,
    );
  }
  requireMemory(models, names, memoryBytes);
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

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
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
