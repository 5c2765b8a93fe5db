import { FailureError } from '../core/failure';
import { adapterName, findAdapter, usableFeatures } from './adapter';
import { mendShaders } from './mergeKernel';
import { markPipelines } from './pipelineTimes';
import { answersLate, pollWhileAwaited } from './polling';

export const HOW_TO_GET_WEBGPU = 'Use a current Chrome, Edge, Safari or Firefox with graphics acceleration on, over https or localhost.';

export interface SharedDevice {
  readonly device: GPUDevice;
  /** Vendor and architecture of the adapter, as far as the browser tells. */
  readonly adapter: string;
  /** Resolves once the device is lost, or refuses a command, which leaves its buffers in doubt. */
  readonly failure: Promise<FailureError>;
  readonly hasFailed: boolean;
  /** Bytes of all buffers that were created on it and not destroyed. */
  readonly allocatedBytes: number;
  /** Called once when the device fails; for work that ends before, so that it need not wait on `failure` for the device's life. */
  readonly listeners: Set<(failure: FailureError) => void>;
  /** Destroys it, with every buffer that is left; the next request gets a new one. */
  close(): void;
}

/** One device for all that asks `gpu` for one. */
export interface DeviceSource {
  /** The shared device, opened if need be. Rejects with no-adapter. */
  readonly open: () => Promise<SharedDevice>;
  /**
   * From now on everyone who asks the `gpu` for an adapter and a device gets the shared one, until the function that it returns is called. Two that lend
   * at a time must end in the other order.
   *
   * @param instead what stands for the shared one, and is given in its place
   */
  readonly lend: (instead?: GPUDevice) => () => void;
}

/** What `gpu.requestAdapter` was before it was replaced. */
const replaced = new WeakMap<GPU['requestAdapter'], GPU['requestAdapter']>();

/**
 * A device that two models that are loaded apart have in common, so that they can read each other's buffers. It is opened as web-llm would open it: the
 * features it can use, and its limits. A device that failed is destroyed and forgotten; the next request gets a new one.
 *
 * `destroy()` of the shared device does nothing: a model that is unloaded must not take the other's device along; its
 * buffers are its own to destroy.
 *
 * @throws FailureError no-webgpu when there is no `gpu`
 */
export function deviceSource(gpu: GPU | undefined): DeviceSource {
  if (!gpu) throw new FailureError('no-webgpu', 'This browser has no WebGPU.', HOW_TO_GET_WEBGPU);
  let opening: Promise<SharedDevice> | null = null;
  const forget = () => {
    opening = null;
  };
  const requestAdapter = (replaced.get(gpu.requestAdapter) ?? gpu.requestAdapter).bind(gpu);

  const needAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter> => {
    const adapter = await findAdapter(requestAdapter, options);
    if (adapter) return adapter;
    throw new FailureError('no-adapter', 'This browser has WebGPU but found no graphics adapter for it.', HOW_TO_GET_WEBGPU);
  };
  const open = () => {
    opening ??= needAdapter()
      .then(async (adapter) => {
        const device = await adapter.requestDevice(descriptor(adapter));
        if (await answersLate(device)) pollWhileAwaited(device);
        return share(device, adapter, forget);
      })
      .catch((error) => {
        forget();
        throw error;
      });
    return opening;
  };
  const lend = (instead?: GPUDevice) => {
    const adapterOfShared = async (options?: GPURequestAdapterOptions) => {
      const adapter = await needAdapter(options);
      Object.defineProperty(adapter, 'requestDevice', { value: async () => instead ?? (await open()).device });
      return adapter;
    };
    replaced.set(adapterOfShared, requestAdapter);
    const before = Object.getOwnPropertyDescriptor(gpu, 'requestAdapter');
    Object.defineProperty(gpu, 'requestAdapter', { configurable: true, value: adapterOfShared });
    let lent = true;
    return () => {
      if (!lent) return;
      lent = false;
      if (before) Object.defineProperty(gpu, 'requestAdapter', before);
      else Reflect.deleteProperty(gpu, 'requestAdapter');
    };
  };
  return { open, lend };
}

/** `deviceSource` for a program that has `gpu` to itself: it is lent for good. */
export function shareDevice(gpu: GPU | undefined): () => Promise<SharedDevice> {
  const { open, lend } = deviceSource(gpu);
  lend();
  return open;
}

/** What web-llm asks of a device (its detectGPUDevice, 0.2.86), as far as the adapter has it. */
function descriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const { limits } = adapter;
  const MB = 1 << 20;
  return {
    requiredFeatures: usableFeatures(adapter),
    requiredLimits: {
      maxBufferSize: Math.min(limits.maxBufferSize, 1024 * MB),
      maxStorageBufferBindingSize: Math.min(limits.maxStorageBufferBindingSize, 1024 * MB),
      maxComputeWorkgroupStorageSize: Math.min(limits.maxComputeWorkgroupStorageSize, 32 << 10),
      maxStorageBuffersPerShaderStage: Math.min(limits.maxStorageBuffersPerShaderStage, 10),
      maxComputeInvocationsPerWorkgroup: Math.min(limits.maxComputeInvocationsPerWorkgroup, 1024),
    },
  };
}

function share(device: GPUDevice, adapter: GPUAdapter, forget: () => void): SharedDevice {
  const destroy = device.destroy.bind(device);
  Object.defineProperty(device, 'destroy', { value: () => undefined });
  const { lost: loss } = device;
  let isClosed = false;
  // Who has the device lent is not told where it was closed: web-llm would complain that it was lost.
  Object.defineProperty(device, 'lost', { value: loss.then((info) => (isClosed ? new Promise<never>(() => undefined) : info)) });
  markPipelines(device);
  mendShaders(device);
  const allocated = countAllocations(device);
  let hasFailed = false;
  const listeners = new Set<(failure: FailureError) => void>();
  const failure = new Promise<FailureError>((resolve) => {
    const fail = (error: FailureError) => {
      if (hasFailed) return;
      hasFailed = true;
      forget();
      resolve(error);
      for (const listener of listeners) listener(error);
      destroy();
    };
    loss.then((info) => fail(lost(info)));
    device.addEventListener('uncapturederror', (event) => fail(refused(event.error)));
  });
  return {
    device,
    adapter: adapterName(adapter.info, globalThis.navigator?.userAgent ?? ''),
    failure,
    listeners,
    close() {
      isClosed = true;
      forget();
      destroy();
    },
    get hasFailed() {
      return hasFailed;
    },
    get allocatedBytes() {
      return allocated();
    },
  };
}

/** Counts, from now on, the bytes of the buffers of `device`. */
function countAllocations(device: GPUDevice): () => number {
  let bytes = 0;
  const create = device.createBuffer.bind(device);
  Object.defineProperty(device, 'createBuffer', {
    value: (descriptor: GPUBufferDescriptor): GPUBuffer => {
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      let { size } = buffer;
      bytes += size;
      Object.defineProperty(buffer, 'destroy', {
        value: () => {
          bytes -= size;
          size = 0;
          destroy();
        },
      });
      return buffer;
    },
  });
  return () => bytes;
}

function lost({ message }: GPUDeviceLostInfo) {
  return new FailureError(
    'device-lost',
    `The graphics device was lost${message ? `: ${message}` : '.'}`,
    'Run again: the models are loaded again. If it happens often, close other tabs that use the graphics card.',
  );
}

function refused(error: GPUError) {
  return error instanceof GPUOutOfMemoryError
    ? new FailureError(
        'out-of-memory',
        'The graphics device ran out of memory.',
        'Close other tabs that use it, then run again: the models are loaded again.',
      )
    : new FailureError('internal', `The graphics device refused a command: ${error.message}`, 'Run again: the models are loaded again.');
}
