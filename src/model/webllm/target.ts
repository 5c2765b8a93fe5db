import { FailureError } from '../../core/failure';
import { type JudgedRow, judge } from '../../core/loop/verify';
import type { Candidates, DeviceTimes, JudgedToken, Proposal, RoundOutcome, RunSettings, Target, TokenId } from '../../core/types';
import { GREEDY_ROW_BYTES, GreedyKernel } from '../../gpu/kernels/greedy/greedy';
import { RANKED_ROW_BYTES, RankingKernel } from '../../gpu/kernels/ranking/ranking';
import { SAMPLING_ROW_BYTES, SamplingKernel } from '../../gpu/kernels/sampling/sampling';
import { Stopwatch, TIME_BYTES } from '../../gpu/stopwatch';
import { judgeHeld } from '../grammar';
import { type DeviceDrafts, MOMENTS } from './drafter';
import { PipelineModel } from './model';
import type { ModelPipeline } from './pipeline';
import type { Sampler } from './sampler';

/** The moments of a round come before its rows. */
const TIMES_BYTES = MOMENTS.count * TIME_BYTES;

/** Verifies with a model of web-llm's: one forward over all drafts, or several of one token, and one readback. */
export class ModelTarget extends PipelineModel implements Target {
  readonly #stopwatch: Stopwatch | null;
  readonly #rows: GPUBuffer;
  /** Of the target's rows and the draft's. */
  readonly #ranked: GPUBuffer;
  readonly #staging: GPUBuffer;
  readonly #ids: GPUBuffer;
  /** Made by the first round that needs it. */
  #kept: GPUBuffer | null = null;
  /** f32 [rows, vocabulary]: what the target sampled from; the logits, of plain tokens that are ranked. */
  readonly #p: GPUBuffer;
  /** i32: the plain tokens of a round; what is sampled leaves index 0 to the token before them, as `SamplingKernel.judge` has it. */
  readonly #chain: GPUBuffer;
  /** The greedy kernel's third binding, which verification leaves alone. */
  readonly #unused: GPUBuffer;

  /**
   * @param stopwatch the drafter's too, with `MOMENTS`
   * @param maxGamma the longest proposal that will be verified
   */
  constructor(model: ModelPipeline, sampler: Sampler, stopwatch: Stopwatch | null, maxGamma: number) {
    super(model, sampler);
    this.#stopwatch = stopwatch;
    const { device } = model;
    // A sampled row is larger than a greedy one and its draft's together, ranked or not.
    const bytes = TIMES_BYTES + (maxGamma + 1) * SAMPLING_ROW_BYTES;
    this.#rows = device.createBuffer({ label: 'verified rows', size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    const rankedBytes = (2 * maxGamma + 1) * RANKED_ROW_BYTES;
    this.#ranked = device.createBuffer({
      label: 'ranked rows',
      size: rankedBytes,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    this.#staging = device.createBuffer({ label: 'round', size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.#ids = device.createBuffer({ label: 'ids', size: maxGamma * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.#p = device.createBuffer({
      label: 'target distributions',
      size: (maxGamma + 1) * model.vocabularySize * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.#chain = device.createBuffer({
      label: 'plain ids',
      size: (maxGamma + 2) * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.#unused = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
  }

  override async begin(settings: RunSettings, promptLength: number): Promise<void> {
    await super.begin(settings, promptLength);
    if (settings.format) this.sampler.constrain(await this.pipeline.grammar(settings.format, promptLength));
  }

  async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    const model = this.pipeline;
    const gamma = proposal?.length ?? 0;
    const known = proposal?.kind === 'ids' ? proposal.ids : [];
    const onDevice = proposal?.kind === 'device' ? (proposal.handle as DeviceDrafts) : null;
    const unseen = history.slice(model.cachedLength);
    model.write([...unseen, ...known]);
    await this.sampler.beginRound(history);
    await this.sampler.mask(known);
    const masksWait = onDevice !== null && this.sampler.grammar !== null;
    if (masksWait) this.#sendIds(onDevice, gamma);
    if (onDevice) model.encoder.copyBufferToBuffer(onDevice.ids, 0, model.input, 4, gamma * 4);
    this.#stopwatch?.mark(model.encoder, MOMENTS.verify);
    const forward = () => model.forward(unseen.length + gamma, proposal ? 'all-rows' : 'last-row');
    const judgement = (logits: GPUBuffer) =>
      this.sampler.sampled ? this.#judgeSampled(logits, gamma, onDevice) : this.#judgeGreedily(logits, known, gamma, onDevice);
    let read: (bytes: ArrayBuffer) => JudgedRow[];
    if (masksWait) {
      model.scoped(() => this.#keep(forward(), gamma + 1));
      model.flush();
      await this.sampler.mask(await this.#receiveIds(gamma));
      read = judgement(this.#kept as GPUBuffer);
    } else read = model.scoped(() => judgement(forward()));
    const first = onDevice ? MOMENTS.draft : MOMENTS.verify;
    this.#stopwatch?.mark(model.encoder, MOMENTS.end);
    this.#stopwatch?.copy(model.encoder, first, MOMENTS.count, this.#staging, 0);
    model.flush();
    const bytes = await this.#read();
    const drafting = proposal?.kind === 'device' ? proposal.readbacks : 0;
    const readbacks = 1 + drafting + (masksWait ? 1 : 0);
    const judged = judgeHeld(read(bytes), this.sampler.grammar);
    return { ...judged, device: this.#times(bytes, first), readbacks };
  }

  /** Each token goes from the kernel that chooses it to the next forward's input. */
  async decode(history: readonly TokenId[], count: number): Promise<RoundOutcome> {
    const model = this.pipeline;
    const unseen = history.slice(model.cachedLength);
    model.write(unseen);
    await this.sampler.beginRound(history);
    this.#stopwatch?.mark(model.encoder, MOMENTS.verify);
    // A scope each, so that the device begins with the first token while the next ones are encoded.
    for (let at = 0; at < count; at++) {
      model.scoped(() => this.#choosePlain(model.forward(at === 0 ? unseen.length : 1, 'last-row'), at));
    }
    const read = this.sampler.sampled ? this.#collectSampled(count, 0) : this.#collectGreedy(this.#p, count, [], null);
    this.#stopwatch?.mark(model.encoder, MOMENTS.end);
    this.#stopwatch?.copy(model.encoder, MOMENTS.verify, MOMENTS.count, this.#staging, 0);
    model.flush();
    const bytes = await this.#read();
    const [next, ...further] = read(bytes).map((row) => judge([row]).next);
    return { drafts: [], next: next as JudgedToken, further, device: this.#times(bytes, MOMENTS.verify), readbacks: 1 };
  }

  /** Adds to the encoder: chooses plain token number `at` (from 0) of the round, into row `at` and the next forward's input. */
  #choosePlain(logits: GPUBuffer, at: number): void {
    const { encoder, input, vocabularySize } = this.pipeline;
    const { greedy, ranking, sampled } = this.sampler;
    const [chain, rows] = [this.#chain, this.#rows];
    if (!sampled) {
      greedy.draft(encoder, { logits, sequence: chain, next: input, rows }, vocabularySize, at);
      const bytes = vocabularySize * 4;
      if (ranking) encoder.copyBufferToBuffer(logits, 0, this.#p, at * bytes, bytes);
      return;
    }
    sampled.kernel.judge(encoder, { logits, sequence: chain, p: this.#p, rows, ...sampled.constraints }, vocabularySize, 0, at);
    // A row begins with its token.
    for (const [to, place] of [[input, 0] as const, [chain, at + 1] as const]) {
      encoder.copyBufferToBuffer(rows, at * SAMPLING_ROW_BYTES, to, place * 4, 4);
    }
  }

  /** In a submission ahead of the forward's, so that the ids arrive while it runs. */
  #sendIds({ ids }: DeviceDrafts, gamma: number): void {
    this.pipeline.encoder.copyBufferToBuffer(ids, 0, this.#ids, 0, gamma * 4);
    this.pipeline.flush();
  }

  async #receiveIds(gamma: number): Promise<TokenId[]> {
    await this.#ids.mapAsync(GPUMapMode.READ, 0, gamma * 4);
    const ids = Array.from(new Int32Array(this.#ids.getMappedRange(0, gamma * 4)));
    this.#ids.unmap();
    return ids;
  }

  /** Logits for a judgement that comes after their forward's scope. */
  #keep(logits: GPUBuffer, rows: number): void {
    const { device, vocabularySize, encoder } = this.pipeline;
    this.#kept ??= device.createBuffer({
      label: 'kept logits',
      size: (this.#ids.size / 4 + 1) * vocabularySize * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    encoder.copyBufferToBuffer(logits, 0, this.#kept, 0, rows * vocabularySize * 4);
  }

  /** Adds the judgement to the encoder; what it returns makes rows of the bytes that were read back. */
  #judgeGreedily(logits: GPUBuffer, known: readonly TokenId[], gamma: number, onDevice: DeviceDrafts | null) {
    const { encoder, input, vocabularySize } = this.pipeline;
    const { greedy } = this.sampler;
    greedy.verify(encoder, { logits, sequence: input, next: this.#unused, rows: this.#rows }, vocabularySize, gamma);
    return this.#collectGreedy(logits, gamma + 1, known, onDevice);
  }

  /** Adds to the encoder what brings `count` rows that were chosen from `logits` to the CPU, all but the last with a draft where there are any. */
  #collectGreedy(logits: GPUBuffer, count: number, known: readonly TokenId[], onDevice: DeviceDrafts | null) {
    const { encoder, vocabularySize } = this.pipeline;
    const { ranking } = this.sampler;
    const drafted = onDevice ? count - 1 : 0;
    if (ranking) {
      const rows = { logits, rows: this.#rows, count };
      const drafts = onDevice ? { logits: onDevice.q, rows: onDevice.rows, count: drafted } : null;
      ranking.rank(encoder, rows, drafts, this.#ranked, vocabularySize);
    }
    let end = TIMES_BYTES;
    /** Adds `bytes` of `from` to what is read back; says where they lie in it. */
    const send = (from: GPUBuffer, bytes: number) => {
      encoder.copyBufferToBuffer(from, 0, this.#staging, end, bytes);
      end += bytes;
      return end - bytes;
    };
    const targetAt = send(this.#rows, count * GREEDY_ROW_BYTES);
    const draftAt = onDevice ? send(onDevice.rows, drafted * GREEDY_ROW_BYTES) : null;
    const rankedAt = ranking ? send(this.#ranked, (count + drafted) * RANKED_ROW_BYTES) : null;
    return (read: ArrayBuffer): JudgedRow[] => {
      const target = GreedyKernel.parse(read, targetAt, count);
      const draft = draftAt === null ? [] : GreedyKernel.parse(read, draftAt, drafted);
      if (target.some((row) => row.invalid)) throw invalidLogits('target');
      if (draft.some((row) => row.invalid)) throw invalidLogits('draft');
      const ranked = rankedAt === null ? null : RankingKernel.parse(read, rankedAt, count + drafted);
      return target.map(({ choice, p: tokenP, draftP }, i) => {
        const id = onDevice ? draft[i]?.choice : known[i];
        const judged = id === undefined ? null : { id, p: draftP, q: onDevice ? (draft[i]?.p ?? null) : 1, accepted: id === choice };
        const certain = judged && !onDevice ? [{ id: judged.id, probability: 1 }] : [];
        const top: Candidates | null = ranked && { p: ranked[i] ?? [], q: ranked[count + i] ?? certain, residual: [] };
        return { token: choice, tokenP, draft: judged, u: null, top };
      });
    };
  }

  #judgeSampled(logits: GPUBuffer, gamma: number, onDevice: DeviceDrafts | null) {
    const { encoder, input, vocabularySize } = this.pipeline;
    const { kernel, constraints } = this.sampler.sampled as NonNullable<Sampler['sampled']>;
    kernel.judge(encoder, { logits, sequence: input, q: onDevice?.q, p: this.#p, rows: this.#rows, ...constraints }, vocabularySize, gamma);
    return this.#collectSampled(gamma + 1, gamma);
  }

  /** As `#collectGreedy`, of `count` rows, the first `drafted` of them with a draft. */
  #collectSampled(count: number, drafted: number) {
    this.pipeline.encoder.copyBufferToBuffer(this.#rows, 0, this.#staging, TIMES_BYTES, count * SAMPLING_ROW_BYTES);
    return (read: ArrayBuffer): JudgedRow[] => {
      const rows = SamplingKernel.parse(read, TIMES_BYTES, count, drafted);
      const invalid = rows.find((row) => row.invalid !== null)?.invalid;
      if (invalid) throw invalidLogits(invalid);
      return rows;
    };
  }

  #times(bytes: ArrayBuffer, first: number): DeviceTimes | null {
    if (!this.#stopwatch) return null;
    const [verifyMs = 0, draftMs = 0] = Stopwatch.parse(bytes, 0, MOMENTS.count - first).reverse();
    return { draftMs, verifyMs };
  }

  dispose(): void {
    for (const buffer of [this.#rows, this.#ranked, this.#staging, this.#p, this.#chain, this.#unused, this.#ids]) buffer.destroy();
    this.#kept?.destroy();
  }

  async #read(): Promise<ArrayBuffer> {
    await this.#staging.mapAsync(GPUMapMode.READ);
    const bytes = this.#staging.getMappedRange().slice(0);
    this.#staging.unmap();
    return bytes;
  }
}

function invalidLogits(model: 'target' | 'draft'): FailureError {
  return new FailureError(
    'invalid-logits',
    `The ${model} gave a logit that is not a number.`,
    'Its weights or its library are damaged; clear this site’s stored data and load the pair again.',
  );
}
