import { isGreedy, penalises } from '../../core/settings';
import { LIMITS, type RunSettings, type SamplingSettings, type TokenId } from '../../core/types';
import { GreedyKernel } from '../../gpu/kernels/greedy/greedy';
import { RankingKernel } from '../../gpu/kernels/ranking/ranking';
import { type Constraints, SamplingKernel } from '../../gpu/kernels/sampling/sampling';
import type { TokenGrammar } from '../grammar';

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
  #grammar: TokenGrammar | null = null;
  #ranks: RankingKernel | null = null;
  /** Made by the first greedy run that brings candidates. */
  #ranking: Promise<RankingKernel> | null = null;
  #begun: { readonly settings: RunSettings; readonly promptLength: number } | null = null;
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

  /** What ranks the rows of the greedy run under way; null if it brings no candidates. */
  get ranking(): RankingKernel | null {
    return this.#ranks;
  }

  /** Starts a run, once for the draft and its target, which hand over the same `settings`. @throws invalid-setting */
  async begin(settings: RunSettings, promptLength: number, vocabularySize: number): Promise<void> {
    if (this.#begun?.settings === settings && this.#begun.promptLength === promptLength) return;
    this.#release();
    await this.#prepare(settings, vocabularySize);
    this.#begun = { settings, promptLength };
  }

  /** From now on the run's tokens are those that `grammar` lets through. After `begin`, before anything is drafted. */
  constrain(grammar: TokenGrammar): void {
    this.#grammar = grammar;
  }

  get grammar(): TokenGrammar | null {
    return this.#grammar;
  }

  async #prepare({ sampling: settings, format, candidates }: RunSettings, vocabularySize: number): Promise<void> {
    if (isGreedy(settings) && !format) {
      if (!candidates) return;
      this.#ranking ??= RankingKernel.create(this.#device);
      this.#ranks = await this.#ranking;
      return;
    }
    this.#kernel ??= SamplingKernel.create(this.#device);
    const kernel = await this.#kernel;
    kernel.configure(settings);
    const { logitBias } = settings;
    const biases = Object.keys(logitBias).length > 0;
    const perToken = (label: string) =>
      this.#device.createBuffer({ label, size: vocabularySize * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    const bias = biases ? perToken('logit bias') : undefined;
    if (bias) this.#device.queue.writeBuffer(bias, 0, biasOf(logitBias, vocabularySize));
    const mask = format ? this.#masks(vocabularySize) : undefined;
    this.#sampled = { kernel, constraints: { bias, mask, counts: penalises(settings) ? perToken('generated tokens') : undefined } };
  }

  /** Tells the kernel which position comes next and what has been generated so far. Call it before a round's first command; calling it again changes nothing. */
  async beginRound(history: readonly TokenId[]): Promise<void> {
    if (!this.#sampled || !this.#begun || history.length === this.#position) return;
    this.#position = history.length;
    const { kernel, constraints } = this.#sampled;
    kernel.begin(history.length);
    await this.#grammar?.advance(history);
    await this.mask([]);
    if (!constraints.counts) return;
    const counts = new Uint32Array(constraints.counts.size / 4);
    for (const id of history.slice(this.#begun.promptLength)) counts[id] = (counts[id] ?? 0) + 1;
    this.#device.queue.writeBuffer(constraints.counts, 0, counts);
  }

  /** Lets through, from now on, what the grammar lets come after each of `drafts`; nothing changes where there is no grammar. */
  async mask(drafts: readonly TokenId[]): Promise<void> {
    const { mask } = this.#sampled?.constraints ?? {};
    if (this.#grammar && mask) this.#device.queue.writeBuffer(mask, 0, await this.#grammar.masks(drafts));
  }

  dispose(): void {
    this.#release();
    this.greedy.dispose();
    for (const made of [this.#kernel, this.#ranking]) {
      made?.then(
        (kernel) => kernel.dispose(),
        () => undefined,
      );
    }
  }

  /** Room for a row of each token of the longest round. */
  #masks(vocabularySize: number): GPUBuffer {
    const size = (LIMITS.gamma.max + 1) * Math.ceil(vocabularySize / 32) * 4;
    return this.#device.createBuffer({ label: 'grammar masks', size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  }

  #release(): void {
    this.#sampled?.constraints.bias?.destroy();
    this.#sampled?.constraints.counts?.destroy();
    this.#sampled?.constraints.mask?.destroy();
    this.#grammar = null;
    this.#ranks = null;
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
