import { isGreedy } from '../../core/settings';
import type { SamplingSettings, TokenId } from '../../core/types';
import { GreedyKernel } from '../../gpu/kernels/greedy/greedy';
import { type Constraints, SamplingKernel } from '../../gpu/kernels/sampling/sampling';

/** The sampling kernel with what shapes the logits of the run under way. */
interface Sampled {
  readonly kernel: SamplingKernel;
  readonly constraints: Constraints;
}

/** How the run under way chooses its tokens: one for a draft and its target, which draw alike. */
export class Sampler {
  readonly greedy: GreedyKernel;
  readonly #device: GPUDevice;
  /** Made by the first run that samples. */
  #kernel: Promise<SamplingKernel> | null = null;
  #sampled: Sampled | null = null;
  #begun: { readonly settings: SamplingSettings; readonly promptLength: number } | null = null;
  /** Position of the round under way. */
  #position = -1;

  private constructor(device: GPUDevice, greedy: GreedyKernel) {
    this.#device = device;
    this.greedy = greedy;
  }

  static async create(device: GPUDevice): Promise<Sampler> {
    return new Sampler(device, await GreedyKernel.create(device));
  }

  /** null while the run under way is greedy. */
  get sampled(): Sampled | null {
    return this.#sampled;
  }

  /** Starts a run, once for the draft and its target, which hand over the same `settings`. @throws invalid-setting */
  async begin(settings: SamplingSettings, promptLength: number, vocabularySize: number): Promise<void> {
    if (this.#begun?.settings === settings && this.#begun.promptLength === promptLength) return;
    this.#release();
    await this.#prepare(settings, vocabularySize);
    this.#begun = { settings, promptLength };
  }

  async #prepare(settings: SamplingSettings, vocabularySize: number): Promise<void> {
    if (isGreedy(settings)) return;
    this.#kernel ??= SamplingKernel.create(this.#device);
    const kernel = await this.#kernel;
    kernel.configure(settings);
    const { repetitionPenalty, frequencyPenalty, presencePenalty, logitBias } = settings;
    const penalises = repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
    const biases = Object.keys(logitBias).length > 0;
    const perToken = (label: string) =>
      this.#device.createBuffer({ label, size: vocabularySize * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    const bias = biases ? perToken('logit bias') : undefined;
    if (bias) this.#device.queue.writeBuffer(bias, 0, biasOf(logitBias, vocabularySize));
    this.#sampled = { kernel, constraints: { bias, counts: penalises ? perToken('generated tokens') : undefined } };
  }

  /** Tells the kernel which position comes next and what has been generated so far. Before a round's first command, by whoever gives it; told again, nothing changes. */
  beginRound(history: readonly TokenId[]): void {
    if (!this.#sampled || !this.#begun || history.length === this.#position) return;
    this.#position = history.length;
    const { kernel, constraints } = this.#sampled;
    kernel.begin(history.length);
    if (!constraints.counts) return;
    const counts = new Uint32Array(constraints.counts.size / 4);
    for (const id of history.slice(this.#begun.promptLength)) counts[id] = (counts[id] ?? 0) + 1;
    this.#device.queue.writeBuffer(constraints.counts, 0, counts);
  }

  dispose(): void {
    this.#release();
    this.greedy.dispose();
    this.#kernel?.then(
      (kernel) => kernel.dispose(),
      () => undefined,
    );
  }

  #release(): void {
    this.#sampled?.constraints.bias?.destroy();
    this.#sampled?.constraints.counts?.destroy();
    this.#sampled = null;
    this.#begun = null;
    this.#position = -1;
  }
}

function biasOf(logitBias: SamplingSettings['logitBias'], vocabularySize: number): Float32Array<ArrayBuffer> {
  const bias = new Float32Array(vocabularySize);
  for (const [id, value] of Object.entries(logitBias)) bias[Number(id)] = value;
  return bias;
}
