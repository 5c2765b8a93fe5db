import type { Drafter, Proposal, SamplingSettings, StopSignal, TokenId } from '../../core/types';
import { GREEDY_ROW_BYTES } from '../../gpu/kernels/greedy/greedy';
import type { ModelPipeline } from './pipeline';
import type { Sampler } from './sampler';

/** Most tokens that one draft forward takes besides its own work; more are read as a prompt is. */
const CATCH_UP = 32;

/** Drafts that never left the device: i32 ids, and for each either a greedy row or the distribution that it was drawn from. */
export interface DeviceDrafts {
  readonly ids: GPUBuffer;
  /** After greedy drafting. */
  readonly rows: GPUBuffer;
  /** f32 [drafts, vocabulary], after sampled drafting. */
  readonly q: GPUBuffer;
}

/** Drafts with a model of web-llm's. The ids go from kernel to kernel; nothing is read back. */
export class ModelDrafter implements Drafter {
  readonly #model: ModelPipeline;
  readonly #sampler: Sampler;
  readonly #drafts: DeviceDrafts;

  /** @param maxGamma the longest draft that will be asked for */
  constructor(model: ModelPipeline, sampler: Sampler, maxGamma: number) {
    this.#model = model;
    this.#sampler = sampler;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#drafts = {
      ids: model.device.createBuffer({ label: 'drafted ids', size: maxGamma * 4, usage }),
      rows: model.device.createBuffer({ label: 'drafted rows', size: maxGamma * GREEDY_ROW_BYTES, usage }),
      q: model.device.createBuffer({ label: 'draft distributions', size: maxGamma * model.vocabularySize * 4, usage }),
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

  begin(sampling: SamplingSettings, promptLength: number): Promise<void> {
    return this.#sampler.begin(sampling, promptLength, this.#model.vocabularySize);
  }

  truncate(length: number): void {
    this.#model.truncate(length);
  }

  async propose(history: readonly TokenId[], gamma: number): Promise<Proposal> {
    const model = this.#model;
    const { ids, rows, q } = this.#drafts;
    const { greedy, sampled } = this.#sampler;
    this.#sampler.beginRound(history);
    // After rounds that were drafted otherwise, much may be unseen.
    if (history.length - model.cachedLength > CATCH_UP) await model.fill(history.slice(0, -1), { aborted: false });
    const unseen = history.slice(model.cachedLength);
    model.write(unseen);
    model.scoped(() => {
      for (let drafted = 0; drafted < gamma; drafted++) {
        const logits = model.forward(drafted === 0 ? unseen.length : 1, 'last-row');
        if (sampled) {
          const buffers = { logits, sequence: ids, next: model.input, q, ...sampled.constraints };
          sampled.kernel.draft(model.encoder, buffers, model.vocabularySize, drafted);
        } else {
          greedy.draft(model.encoder, { logits, sequence: ids, next: model.input, rows }, model.vocabularySize, drafted);
        }
      }
    });
    model.flush();
    return { kind: 'device', length: gamma, handle: this.#drafts };
  }

  dispose(): void {
    for (const buffer of Object.values(this.#drafts)) buffer.destroy();
  }
}
