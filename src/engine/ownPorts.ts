import { adapterHere, isSoftware, usableFeatures } from '../gpu/adapter';
import { BROWSER_CACHE } from '../storage/browserCache';
import { alone, roomHere } from '../storage/browserRoom';
import type { FileStorage } from '../storage/port';

/** What models of a person's own are made with and kept in. */
export interface OwnPorts {
  readonly storage: FileStorage;
  /** What models run on; null where there is no WebGPU for them, and the CPU runs them. */
  device(): Promise<DeviceLimits | null>;
  /** Bytes of memory of this machine; null where it is not told. */
  memory(): number | null;
  /** Bytes that can still be stored; null where that is not known. */
  room(): Promise<number | null>;
  /** Does `work` while nothing else changes which models are kept, in any tab. */
  alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface DeviceLimits {
  readonly features: ReadonlySet<string>;
  /** Most bytes of an array that a kernel reads. */
  readonly bindingBytes: number;
  /** Of the device; null where it does not say, or says only that it has many. */
  readonly memoryBytes: number | null;
  /** Whether it is known to compute on the CPU, in a graphics card's place. */
  readonly software: boolean;
}

/** What holds the list of own models while it changes. */
export const OWN_LOCK = 'foretoken.own-models';

/** From this many GiB on browsers say no more, so that pages cannot tell devices apart. */
const MOST_TOLD_GIB = 8;

function memoryHere(): number | null {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory === undefined || deviceMemory >= MOST_TOLD_GIB ? null : deviceMemory * 2 ** 30;
}

/** Those of this browser. */
export const BROWSER_PORTS: OwnPorts = {
  storage: BROWSER_CACHE,
  async device() {
    const adapter = await adapterHere();
    if (!adapter) return null;
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    return {
      features: new Set(usableFeatures(adapter)),
      bindingBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
      memoryBytes: memoryHere(),
      software: isSoftware(adapter.info),
    };
  },
  memory: memoryHere,
  room: roomHere,
  alone: (work, signal) => alone(OWN_LOCK, work, signal),
};
