import type { Drafter, Proposal, StopSignal, TokenId } from '../../core/types';
import { GREEDY_ROW_BYTES, type GreedyKernel } from '../../gpu/kernels/greedy/greedy';
import type { ModelPipeline } from './pipeline';

/** Drafts that never left the device: i32 ids and greedy rows, one each per drafted token. */
export interface DeviceDrafts {
  readonly ids: GPUBuffer;
  readonly rows: GPUBuffer;
}

/** Drafts greedily with a model of web-llm's. The ids go from kernel to kernel; nothing is read back. */
export class ModelDrafter implements Drafter {
  readonly #model: ModelPipeline;
  readonly #kernel: GreedyKernel;
  readonly #drafts: DeviceDrafts;

  /** @param maxGamma the longest draft that will be asked for */
  constructor(model: ModelPipeline, kernel: GreedyKernel, maxGamma: number) {
    this.#model = model;
    this.#kernel = kernel;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#drafts = {
      ids: model.device.createBuffer({ label: 'drafted ids', size: maxGamma * 4, usage }),
      rows: model.device.createBuffer({ label: 'drafted rows', size: maxGamma * GREEDY_ROW_BYTES, usage }),
    };
  }

  get capabilities() {
    return { vocabularySize: this.#model.vocabularySize, contextLength: this.#model.contextLength };
  }

  get cachedLength(): number {
    return this.#model.cachedLength;
  }

  prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
    return this.#model.fill(tokens, signal);
  }

  truncate(length: number): void {
    this.#model.truncate(length);
  }

  async propose(history: readonly TokenId[], gamma: number): Promise<Proposal> {
    const model = this.#model;
    const { ids, rows } = this.#drafts;
    const unseen = history.slice(model.cachedLength);
    model.write(unseen);
    model.scoped(() => {
      for (let drafted = 0; drafted < gamma; drafted++) {
        const logits = model.forward(drafted === 0 ? unseen.length : 1, 'last-row');
        this.#kernel.draft(model.encoder, { logits, sequence: ids, next: model.input, rows }, model.vocabularySize, drafted);
      }
    });
    model.flush();
    return { kind: 'device', length: gamma, handle: this.#drafts };
  }

  dispose(): void {
    this.#drafts.ids.destroy();
    this.#drafts.rows.destroy();
  }
}
