import { FailureError } from '../core/failure';
import { CpuPairs } from './cpuPairs';
import type { PairLoader, ReadyPair } from './pair';
import { WebGpuPairs } from './webgpuPairs';

/** Pairs on WebGPU, or on the CPU where this browser has none or finds no adapter for it; once found to be so, until the page is loaded again. */
export class Pairs implements PairLoader {
  readonly #webGpu: WebGpuPairs;
  #cpu: CpuPairs | null = null;

  constructor(gpu: GPU | undefined) {
    this.#webGpu = new WebGpuPairs(gpu);
  }

  async ready(...[selection, report, signal]: Parameters<PairLoader['ready']>): Promise<ReadyPair> {
    if (this.#cpu) return this.#cpu.ready(selection, report, signal);
    try {
      return await this.#webGpu.ready(selection, report, signal);
    } catch (error) {
      if (!(error instanceof FailureError) || !WITHOUT_WEBGPU.has(error.failure.code)) throw error;
      this.#cpu = new CpuPairs();
      return this.#cpu.ready(selection, report, signal);
    }
  }
}

const WITHOUT_WEBGPU: ReadonlySet<string> = new Set(['no-webgpu', 'no-adapter']);
