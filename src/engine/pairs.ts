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

/**
 * Pairs on WebGPU, or on the CPU where that is asked for, or where this browser has no WebGPU or finds no adapter for it; once found to be so, until the
 * page is loaded again.
 */
export class Pairs implements PairLoader {
  readonly #webGpu: WebGpuPairs;
  readonly #cpu: CpuPairs;
  #hasWebGpu = true;

  constructor(ports: PairPorts) {
    this.#webGpu = new WebGpuPairs(ports);
    this.#cpu = new CpuPairs(ports.storage);
  }

  async ready(...[spec, report, signal, backend]: Parameters<PairLoader['ready']>): Promise<ReadyPair> {
    if (!this.#hasWebGpu) return this.#cpu.ready(spec, report, signal);
    // One of the two at a time holds models.
    if (backend === 'cpu') {
      await this.#webGpu.unload();
      return this.#cpu.ready(spec, report, signal);
    }
    await this.#cpu.unload();
    try {
      return await this.#webGpu.ready(spec, report, signal);
    } catch (error) {
      if (!(error instanceof FailureError) || !WITHOUT_WEBGPU.has(error.failure.code)) throw error;
      this.#hasWebGpu = false;
      return this.#cpu.ready(spec, report, signal);
    }
  }

  async release(model: ModelSpec): Promise<void> {
    await this.#cpu.release(model);
    await this.#webGpu.release(model);
  }

  async unload(): Promise<void> {
    await this.#cpu.unload();
    await this.#webGpu.unload();
  }
}

const WITHOUT_WEBGPU: ReadonlySet<string> = new Set(['no-webgpu', 'no-adapter']);
