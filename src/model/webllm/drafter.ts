import type { DraftLimits, DraftModel, Proposal, RunSettings, TokenId } from '../../core/types';
import { GREEDY_ROW_BYTES, GreedyKernel } from '../../gpu/kernels/greedy/greedy';
import type { Stopwatch } from '../../gpu/stopwatch';
import { PipelineModel } from './model';
import type { ModelPipeline } from './pipeline';
import type { Sampler } from './sampler';

/** Most tokens that one draft forward takes besides its own work; more are read as a prompt is. */
const CATCH_UP = 32;

/** The moments of a round that are taken on the device: the drafts' beginning, the verification's, and the end of both. */
export const MOMENTS = { draft: 0, verify: 1, end: 2, count: 3 } as const;

/** Drafts that never left the device: i32 ids, and for each either a greedy row or the distribution that it was drawn from. */
export interface DeviceDrafts {
  readonly ids: GPUBuffer;
  /** After greedy drafting. */
  readonly rows: GPUBuffer;
  /** f32 [drafts, vocabulary]: the distributions, after sampled drafting; the logits, after greedy drafting of a run that ranks them. */
  readonly q: GPUBuffer;
}

/** Drafts with a model of web-llm's. The ids go from kernel to kernel; nothing is read back. */
export class ModelDrafter extends PipelineModel implements DraftModel {
  readonly model = this;
  readonly #drafts: DeviceDrafts;
  readonly #stopwatch: Stopwatch | null;
  readonly #staging: GPUBuffer;
  #confidence = 0;

  /**
   * @param stopwatch the target's too, with `MOMENTS`
   * @param maxGamma the longest draft that will be asked for
   */
  constructor(model: ModelPipeline, sampler: Sampler, stopwatch: Stopwatch | null, maxGamma: number) {
    super(model, sampler);
    this.#stopwatch = stopwatch;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#drafts = {
      ids: model.device.createBuffer({ label: 'drafted ids', size: maxGamma * 4, usage }),
      rows: model.device.createBuffer({ label: 'drafted rows', size: maxGamma * GREEDY_ROW_BYTES, usage }),
      q: model.device.createBuffer({
        label: 'draft distributions',
        size: maxGamma * model.vocabularySize * 4,
        usage: usage | GPUBufferUsage.COPY_DST,
      }),
    };
    this.#staging = model.device.createBuffer({
      label: 'confidence',
      size: model.vocabularySize * 4,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  override begin(settings: RunSettings, promptLength: number): Promise<void> {
    this.#confidence = settings.confidence;
    return super.begin(settings, promptLength);
  }

  async propose(history: readonly TokenId[], { model: gamma }: DraftLimits): Promise<Proposal | null> {
    if (gamma === 0) return null;
    const model = this.pipeline;
    await this.sampler.beginRound(history);
    // After rounds that were drafted otherwise, much may be unseen.
    if (history.length - model.cachedLength > CATCH_UP) await model.fill(history.slice(0, -1), { aborted: false });
    const unseen = history.slice(model.cachedLength);
    model.write(unseen);
    this.#stopwatch?.mark(model.encoder, MOMENTS.draft);
    if (this.#confidence > 0) return this.#proposeWhileConfident(unseen.length, gamma);
    model.scoped(() => {
      for (let drafted = 0; drafted < gamma; drafted++) this.#draft(drafted, unseen.length);
    });
    model.flush();
    return { kind: 'device', source: 'model', length: gamma, readbacks: 0, handle: this.#drafts };
  }

  /** Looks at each distribution before its token becomes a draft; the token that was drawn has no say in it, so nothing is lost. */
  async #proposeWhileConfident(unseen: number, gamma: number): Promise<Proposal> {
    const model = this.pipeline;
    const { rows, q } = this.#drafts;
    const bytes = this.sampler.sampled ? model.vocabularySize * 4 : GREEDY_ROW_BYTES;
    let length = 0;
    let readbacks = 0;
    while (length < gamma) {
      model.scoped(() => this.#draft(length, unseen));
      model.encoder.copyBufferToBuffer(this.sampler.sampled ? q : rows, length * bytes, this.#staging, 0, bytes);
      model.flush();
      await this.#staging.mapAsync(GPUMapMode.READ, 0, bytes);
      const read = this.#staging.getMappedRange(0, bytes).slice(0);
      this.#staging.unmap();
      readbacks++;
      const likeliest = this.sampler.sampled
        ? new Float32Array(read).reduce((a, b) => Math.max(a, b), 0)
        : GreedyKernel.parse(read, 0, 1)[0]?.p;
      // One draft is always made, so that the round's readbacks are counted with it.
      if (length > 0 && (likeliest ?? 0) < this.#confidence) break;
      length++;
    }
    return { kind: 'device', source: 'model', length, readbacks, handle: this.#drafts };
  }

  /** Adds one draft step to the encoder; the first sees the `unseen` last tokens of the history. */
  #draft(drafted: number, unseen: number): void {
    const model = this.pipeline;
    const { ids, rows, q } = this.#drafts;
    const { greedy, sampled, ranking } = this.sampler;
    const logits = model.forward(drafted === 0 ? unseen : 1, 'last-row');
    if (sampled) {
      // What the grammar lets come later depends on drafts that only the device knows; the judgement masks them.
      const mask = drafted === 0 ? sampled.constraints.mask : undefined;
      const buffers = { logits, sequence: ids, next: model.input, q, ...sampled.constraints, mask };
      sampled.kernel.draft(model.encoder, buffers, model.vocabularySize, drafted);
    } else {
      greedy.draft(model.encoder, { logits, sequence: ids, next: model.input, rows }, model.vocabularySize, drafted);
      const bytes = model.vocabularySize * 4;
      if (ranking) model.encoder.copyBufferToBuffer(logits, 0, q, drafted * bytes, bytes);
    }
  }

  dispose(): void {
    for (const buffer of [...Object.values(this.#drafts), this.#staging]) buffer.destroy();
  }
}
