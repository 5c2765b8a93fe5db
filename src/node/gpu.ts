/** What computes here: dawn's WebGPU (the package `webgpu`) on a graphics card or on an adapter made of software, or the CPU alone. */
import os from 'node:os';
import { FailureError } from '../core/failure';
import { findAdapter, isSoftware } from '../gpu/adapter';
import { bringLoader, DRIVER, findSoftwareDriver, hasDriver } from './vulkan';

export const DEVICES = ['auto', 'software', 'cpu'] as const;
export type DeviceChoice = (typeof DEVICES)[number];

export interface FoundGpu {
  /** undefined: the CPU computes. */
  readonly gpu: GPU | undefined;
  /** WebGPU's global names, as GPUBufferUsage. */
  readonly names: object;
  /** Whether its adapter is known to compute on the CPU. */
  readonly isSoftware: boolean;
  /** Why it is not what was asked for first; null where it is. */
  readonly note: string | null;
}

type Dawn = Pick<typeof import('webgpu'), 'create' | 'globals'>;

const WITHOUT_WEBGPU: FoundGpu = { gpu: undefined, names: {}, isSoftware: false, note: null };

/**
 * `auto`: the graphics card, else SwiftShader where a Chromium brought it, which `engine/pairs.ts` compares with the CPU, else the CPU. `software`: SwiftShader. `cpu`: no WebGPU.
 *
 * @throws FailureError no-webgpu, no-adapter, where `software` was asked for and is not found
 */
export async function findGpu(choice: DeviceChoice): Promise<FoundGpu> {
  if (choice === 'cpu') return WITHOUT_WEBGPU;
  try {
    const dawn = await importDawn();
    const card = choice === 'auto' && hasDriver() ? await openWith(dawn) : null;
    if (card) return card;
    return await openSoftware(dawn);
  } catch (thrown) {
    if (choice === 'software' || !(thrown instanceof FailureError)) throw thrown;
    return { ...WITHOUT_WEBGPU, note: `${thrown.message} The models run on the CPU, without WebGPU.` };
  }
}

async function importDawn(): Promise<Dawn> {
  // Without it a driver complains that it finds no screen, which nothing here needs.
  process.env.XDG_RUNTIME_DIR ??= os.tmpdir();
  bringLoader();
  try {
    return await import('webgpu');
  } catch (cause) {
    throw new FailureError(
      'no-webgpu',
      'The package "webgpu" could not be loaded.',
      'Install it with npm install webgpu, or choose --device cpu.',
      cause,
    );
  }
}

/** null where there is no adapter. */
async function openWith({ create, globals }: Dawn): Promise<FoundGpu | null> {
  const gpu = create([]);
  const adapter = await findAdapter(gpu.requestAdapter.bind(gpu));
  return adapter ? { gpu, names: globals, isSoftware: isSoftware(adapter.info), note: null } : null;
}

async function openSoftware(dawn: Dawn): Promise<FoundGpu> {
  const driver = findSoftwareDriver();
  const found = driver === null ? null : await withDriver(driver, () => openWith(dawn));
  if (found) return found;
  throw new FailureError(
    'no-adapter',
    'No adapter for WebGPU was found.',
    `Install Chromium or Chrome, whose SwiftShader is then used, or name a driver in ${DRIVER}; or choose --device cpu.`,
  );
}

/** The driver stays chosen where `open` finds an adapter: a device is opened later. */
async function withDriver(driver: string, open: () => Promise<FoundGpu | null>): Promise<FoundGpu | null> {
  const before = process.env[DRIVER];
  process.env[DRIVER] = driver;
  const found = await open();
  if (!found && before === undefined) delete process.env[DRIVER];
  return found;
}
