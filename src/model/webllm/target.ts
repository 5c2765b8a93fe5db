import { FailureError } from '../../core/failure';
import type { Proposal, RoundOutcome, StopSignal, Target, TokenId } from '../../core/types';
import { judgeGreedy } from '../../core/verify';
import { GREEDY_ROW_BYTES, GreedyKernel, type GreedyRow } from '../../gpu/kernels/greedy/greedy';
import type { DeviceDrafts } from './drafter';
import type { ModelPipeline } from './pipeline';

/** Verifies greedily with a model of web-llm's: one forward over all drafts, one readback. */
export class ModelTarget implements Target {
  readonly #model: ModelPipeline;
  readonly #kernel: GreedyKernel;
  readonly #rows: GPUBuffer;
  readonly #staging: GPUBuffer;
  /** The kernel's third binding, which verification leaves alone. */
  readonly #unused: GPUBuffer;

  /** @param maxGamma the longest proposal that will be verified */
  constructor(model: ModelPipeline, kernel: GreedyKernel, maxGamma: number) {
    this.#model = model;
    this.#kernel = kernel;
    const { device } = model;
    const bytes = (maxGamma + 1) * GREEDY_ROW_BYTES;
    this.#rows = device.createBuffer({ label: 'verified rows', size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    this.#staging = device.createBuffer({ label: 'round', size: 2 * bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.#unused = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
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

  async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    const model = this.#model;
    const gamma = proposal?.length ?? 0;
    const last = history[history.length - 1] as TokenId;
    const drafted = proposal?.kind === 'ids' ? proposal.ids : [];
    const onDevice = proposal?.kind === 'device' ? (proposal.handle as DeviceDrafts) : null;
    model.write([last, ...drafted]);
    if (onDevice) model.encoder.copyBufferToBuffer(onDevice.ids, 0, model.input, 4, gamma * 4);
    model.scoped(() => {
      const logits = model.forward(gamma + 1, 'all-rows');
      const { encoder } = model;
      const buffers = { logits, sequence: model.input, next: this.#unused, rows: this.#rows };
      this.#kernel.verify(encoder, buffers, model.vocabularySize, gamma);
      encoder.copyBufferToBuffer(this.#rows, 0, this.#staging, 0, (gamma + 1) * GREEDY_ROW_BYTES);
      if (onDevice) encoder.copyBufferToBuffer(onDevice.rows, 0, this.#staging, (gamma + 1) * GREEDY_ROW_BYTES, gamma * GREEDY_ROW_BYTES);
    });
    model.flush();

    const bytes = await this.#read((gamma + 1 + (onDevice ? gamma : 0)) * GREEDY_ROW_BYTES);
    const judged = GreedyKernel.parse(bytes, 0, gamma + 1);
    const draftRows = onDevice ? GreedyKernel.parse(bytes, (gamma + 1) * GREEDY_ROW_BYTES, gamma) : [];
    requireNumbers('target', judged);
    requireNumbers('draft', draftRows);
    const ids = onDevice ? draftRows.map((row) => row.choice) : drafted;
    const q = proposal?.kind === 'ids' ? proposal.q : draftRows.map((row) => row.p);
    const drafts = ids.map((id, i) => ({ id, p: judged[i]?.draftP ?? null, q: q[i] ?? null }));
    return {
      ...judgeGreedy(
        drafts,
        judged.map((row) => ({ id: row.choice, p: row.p })),
      ),
      readbacks: 1,
    };
  }

  dispose(): void {
    for (const buffer of [this.#rows, this.#staging, this.#unused]) buffer.destroy();
  }

  async #read(length: number): Promise<ArrayBuffer> {
    await this.#staging.mapAsync(GPUMapMode.READ, 0, length);
    const bytes = this.#staging.getMappedRange(0, length).slice(0);
    this.#staging.unmap();
    return bytes;
  }
}

function requireNumbers(model: string, rows: readonly GreedyRow[]) {
  if (rows.some((row) => row.invalid)) {
    throw new FailureError(
      'invalid-logits',
      `The ${model} gave a logit that is not a number.`,
      'Its weights or its library are damaged; clear this site’s stored data and load the pair again.',
    );
  }
}
