import type { ModelSpec } from '../catalog/spec';
import { FailureError } from '../core/failure';
import type { FileStorage } from '../storage/port';
import { CpuPairs } from './cpuPairs';
import type { PairLoader, ReadyPair } from './pair';
import { WebGpuPairs } from './webgpuPairs';

/** What pairs run on and are kept in. */
export interface PairPorts {
  /** undefined without WebGPU. */
  readonly gpu: GPU | undefined;
  readonly storage: FileStorage;
}

/** Pairs on WebGPU, or on the CPU where this browser has none or finds no adapter for it; once found to be so, until the page is loaded again. */
export class Pairs implements PairLoader {
  readonly #ports: PairPorts;
  readonly #webGpu: WebGpuPairs;
  #cpu: CpuPairs | null = null;

  constructor(ports: PairPorts) {
    this.#ports = ports;
    this.#webGpu = new WebGpuPairs(ports);
  }

  async ready(...[spec, report, signal]: Parameters<PairLoader['ready']>): Promise<ReadyPair> {
    if (this.#cpu) return this.#cpu.ready(spec, report, signal);
    try {
      return await this.#webGpu.ready(spec, report, signal);
    } catch (error) {
      if (!(error instanceof FailureError) || !WITHOUT_WEBGPU.has(error.failure.code)) throw error;
      this.#cpu = new CpuPairs(this.#ports.storage);
      return this.#cpu.ready(spec, report, signal);
    }
  }

  /** On the CPU none of a person's own models runs, and no other is released. */
  release(model: ModelSpec): Promise<void> {
    return this.#webGpu.release(model);
  }

  async unload(): Promise<void> {
    await this.#cpu?.unload();
    await this.#webGpu.unload();
  }
}

const WITHOUT_WEBGPU: ReadonlySet<string> = new Set(['no-webgpu', 'no-adapter']);
