/**
 * The only file that touches web-llm's private fields (0.2.86). Everything it reaches for is named in doors.ts and
 * checked when a model has been loaded, so that another version fails with the name of what it lacks.
 */
import type { MLCEngine } from '@mlc-ai/web-llm';
import type { ModelSpec } from '../../catalog/spec';
import { FailureError } from '../../core/failure';
import { compileFormat } from '../../core/format/format';
import type { Tokenizer } from '../../core/loop/person';
import { type AnsweredTurn, encodeTurns } from '../../core/loop/splice';
import type { ModelMemory, ResponseFormat, StopSignal, TokenId } from '../../core/types';
import type { HalvingDevice } from '../../gpu/halvingDevice';
import { TokenGrammar, unbroken } from '../grammar';
import { type Disposable, incompatible, lookUp, openDoors, type PackedFunction, type Pipeline, type Tensor } from './doors';
import { SeveralRows } from './severalRows';
import { copyStates, type HiddenStates, keptStates } from './states';

/** One model that web-llm has loaded, as rows of tokens in and rows of logits out, all on the device. */
export class ModelPipeline implements Tokenizer {
  /** Of the tokenizer. */
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** Most tokens of one forward. */
  readonly passLength: number;
  readonly stopTokens: ReadonlySet<TokenId>;
  /** Of the chat template: text that ends an answer. */
  readonly stopStrings: readonly string[];
  readonly device: GPUDevice;
  /** i32 [contextLength]: what the next forward reads, from index 0. */
  readonly input: GPUBuffer;
  /** Whether tokens can be taken out of its cache again: out of no recurrent state, and of no sliding window. */
  readonly rollsBack: boolean;
  /** On the device, as allocated. */
  readonly memory: ModelMemory;
  /** Of the tokens in the cache; null where the library keeps none. */
  readonly hiddenStates: HiddenStates | null;
  readonly #pipeline: Pipeline;
  readonly #inputTensor: Tensor;
  readonly #several: SeveralRows;
  readonly #pop: PackedFunction;
  readonly #halving: HalvingDevice | null;
  /** Whose hidden states this model reads; null where it reads none, or its own. */
  #source: ModelPipeline | null = null;
  /** null: the cache is the one that web-llm made. */
  readonly #twin: { readonly cache: Disposable; readonly clear: PackedFunction; readonly addSequence: PackedFunction } | null = null;
  /** Logits of a row as the library pads it; the tokens' come first. */
  readonly #paddedVocabulary: number;
  /** Of the chat template: ids before everything else. */
  readonly #prefix: readonly TokenId[];
  /** Rows without their padding; made by the first forward that needs it. */
  #compact: GPUBuffer | null = null;
  #cachedLength = 0;

  /**
   * @param halving what it was loaded on, where that makes its caches half as large
   * @throws FailureError library-incompatible, naming what is missing
   */
  constructor(engine: MLCEngine, model: LoadedSpec, halving?: HalvingDevice | null);
  /** The model of `source` once more, which must outlive it: the same weights, and a cache of its own. */
  constructor(source: ModelPipeline);
  constructor(from: MLCEngine | ModelPipeline, model?: LoadedSpec, halving: HalvingDevice | null = null) {
    this.#halving = from instanceof ModelPipeline ? from.#halving : halving;
    const pipeline = from instanceof ModelPipeline ? from.#pipeline : openDoors(from, model?.id ?? '');
    this.#pipeline = pipeline;
    this.#paddedVocabulary = pipeline.fullVocabSize;
    this.vocabularySize = from instanceof ModelPipeline ? from.vocabularySize : tokensOf(pipeline.fullVocabSize, model);
    this.contextLength = pipeline.contextWindowSize;
    this.passLength = pipeline.prefillChunkSize;
    this.stopTokens = from instanceof ModelPipeline ? from.stopTokens : new Set(model?.stopTokens ?? pipeline.stopTokens);
    const { stop_str: stops, system_prefix_token_ids: prefix } = pipeline.config.conv_template ?? {};
    this.stopStrings = stops?.filter((text) => text !== '') ?? [];
    this.#prefix = prefix ?? [];
    const { tvm, vm, resolvedModelABI } = pipeline;
    this.rollsBack =
      from instanceof ModelPipeline ? from.rollsBack : model?.rollsBack === true && resolvedModelABI.kvStateKind === 'kv_cache';
    this.device = tvm.lib.webGPUContext.device;
    tvm.beginScope();
    try {
      const before = this.#allocated();
      const builtin = (name: string) => tvm.detachFromCurrentScope(lookUp(name, () => tvm.getGlobalFunc(`vm.builtin.${name}`)));
      const kept = () => keptStates(pipeline, this.#states[0], (tensor) => this.#buffer(tensor));
      if (from instanceof ModelPipeline) {
        const create = lookUp('create_tir_paged_kv_cache', () => vm.getFunction('create_tir_paged_kv_cache'));
        // As web-llm makes its own: one sequence, pages of 16 tokens, no sliding window.
        const sizes = [1, this.contextLength, this.passLength, 16, 0].map((size) => tvm.makeShapeTuple([size]));
        const cache = tvm.detachFromCurrentScope(this.#making(() => create(...sizes)) as Disposable);
        this.#twin = { cache, clear: builtin('kv_state_clear'), addSequence: builtin('kv_state_add_sequence') };
        this.hiddenStates = kept();
        this.memory = { weights: 0, cache: this.#allocated() - before };
      } else {
        const weights = this.#weights();
        this.hiddenStates = kept();
        // So far web-llm has allocated nothing else, except eight bytes.
        this.memory = { weights, cache: this.#allocated() - weights };
      }
      this.#several = new SeveralRows(pipeline);
      this.#pop = builtin('kv_state_popn');
      this.#inputTensor = tvm.detachFromCurrentScope(tvm.empty([this.contextLength], 'int32', pipeline.device));
    } finally {
      tvm.endScope();
    }
    this.input = this.#buffer(this.#inputTensor);
    this.reset();
  }

  /** Tokens in the cache. */
  get cachedLength(): number {
    return this.#cachedLength;
  }

  /** The encoder to which the model's dispatches are added; ours may follow. Nothing runs until `flush`. */
  get encoder(): GPUCommandEncoder {
    const context = this.#pipeline.tvm.lib.webGPUContext;
    context.pendingEncoder ??= this.device.createCommandEncoder();
    return context.pendingEncoder;
  }

  flush(): void {
    this.#pipeline.tvm.lib.webGPUContext.flushCommands();
  }

  /**
   * The ids of a question after earlier turns, in the model's chat template, as web-llm's chat.completions makes them; an answer's own ids stay as they
   * are.
   *
   * @param system message; the template's own where it is empty
   */
  encodeChat(question: string, turns: readonly AnsweredTurn[] = [], system = ''): TokenId[] {
    return [...this.#prefix, ...encodeTurns(question, turns, (written) => this.#template(question, written, system), this, system)];
  }

  /** The chat template's text, message by message. */
  #template(question: string, turns: readonly AnsweredTurn[], system: string): string[] {
    const { conversation, config } = this.#pipeline;
    conversation.reset();
    // web-llm puts it in by String.replace, which reads "$&" and its like.
    if (system !== '') conversation.override_system_message = system.replaceAll('$', '$$$$');
    for (const turn of turns) {
      conversation.appendMessage('user', turn.question);
      conversation.appendMessage('assistant', turn.answer);
    }
    conversation.appendMessage('user', question);
    conversation.appendReplyHeader('assistant');
    const parts = conversation.getPromptArray(config);
    conversation.reset();
    return parts.filter((part) => typeof part === 'string');
  }

  encode(text: string): TokenId[] {
    return Array.from(this.#pipeline.tokenizer.encode(text));
  }

  decode(ids: readonly TokenId[]): string {
    return this.#pipeline.tokenizer.decode(Int32Array.from(ids));
  }

  /**
   * The grammar of `format` for an answer that begins after `promptLength` tokens.
   *
   * @throws FailureError invalid-setting where the schema or the grammar cannot be used; engine-lost where the matcher breaks
   */
  async grammar(format: ResponseFormat, promptLength: number): Promise<TokenGrammar> {
    // JSON too comes as a grammar of ours: what web-llm's compiler refuses breaks it for good.
    const response_format = { type: 'grammar', grammar: compileFormat(format) };
    await unbroken(async () => this.#pipeline.prepareGrammarMatcherForSampling({ response_format }));
    const { grammarMatcher } = this.#pipeline;
    if (!grammarMatcher) throw incompatible('web-llm made no "grammarMatcher"');
    return new TokenGrammar(grammarMatcher, { format, vocabularySize: this.vocabularySize, promptLength });
  }

  reset(): void {
    if (this.#twin) {
      const { cache, clear, addSequence } = this.#twin;
      clear(cache);
      addSequence(cache, this.#pipeline.tvm.scalar(0, 'int64'));
    } else this.#pipeline.resetChat();
    this.#cachedLength = 0;
  }

  /** Whether a row of a forward has the same bits whatever other rows the forward has. */
  get exactRows(): boolean {
    return this.#several.exact;
  }

  /** Most tokens of one forward that gives the logits of all of them. */
  get rowsAtOnce(): number {
    return this.#several.most;
  }

  /** Of the logits: half precision where the library computes in it. */
  get precision(): 'f16' | 'f32' {
    return this.#several.precision;
  }

  /** Drops the cache from position `length` on, or all of it where it does not roll back; at 0 resets it completely, whatever an interrupted forward left behind. */
  truncate(length: number): void {
    const surplus = this.#cachedLength - length;
    if (length === 0 || (surplus > 0 && !this.rollsBack)) {
      this.reset();
      return;
    }
    if (surplus <= 0) return;
    const { tvm } = this.#pipeline;
    for (const state of this.#states) this.#pop(state, tvm.scalar(0, 'int64'), tvm.scalar(surplus, 'int32'));
    this.#cachedLength = length;
  }

  /** Writes `ids` to `input`, from index 0. @throws FailureError token-outside-vocabulary, before anything reaches the device */
  write(ids: readonly TokenId[]): void {
    const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= this.vocabularySize);
    if (outside !== undefined) {
      throw new FailureError(
        'token-outside-vocabulary',
        `Token ${outside} is outside the vocabulary of ${this.vocabularySize}.`,
        'The draft and the target do not share a vocabulary; choose another draft.',
      );
    }
    // The write goes to the queue at once: what is still pending and reads `input` must be ahead of it.
    this.flush();
    this.device.queue.writeBuffer(this.input, 0, Int32Array.from(ids));
  }

  /**
   * Adds one forward over input[0 .. rows - 1] to the encoder and to the cache. Call inside `scoped`.
   *
   * @returns f32 [rows, vocabulary] after `all-rows`; after `last-row` the last row, which begins with [vocabulary]. Valid until the scope ends
   */
  forward(rows: number, want: 'last-row' | 'all-rows'): GPUBuffer {
    if (this.#cachedLength + rows > this.contextLength) {
      throw new RangeError(`${this.#cachedLength} tokens and ${rows} more exceed the context of ${this.contextLength}`);
    }
    const { tvm, params, embed, decoding, fKVCacheBeginForward, fKVCacheEndForward } = this.#pipeline;
    const states = this.#states;
    const tokens = embed(this.#inputTensor.view([rows]), params) as Tensor;
    const hidden = tokens.view([1, ...tokens.shape]);
    this.#bringHiddenStates(rows);
    for (const state of states) fKVCacheBeginForward(state, tvm.makeShapeTuple([0]), tvm.makeShapeTuple([rows]));
    const result = (
      rows === 1
        ? decoding(hidden, ...states, params)
        : want === 'all-rows'
          ? this.#several.all(hidden, rows, states)
          : this.#several.last(hidden, rows, states, this.encoder)
    ) as { get(index: number): Tensor };
    for (const state of states) fKVCacheEndForward(state);
    this.#cachedLength += rows;
    const logits = this.#buffer(result.get(0));
    return want === 'all-rows' && rows > 1 && this.vocabularySize < this.#paddedVocabulary ? this.#withoutPadding(logits, rows) : logits;
  }

  /**
   * From now on a forward reads the hidden states that `source`, on the same device, has in its cache, and this model's own of tokens that are not in it.
   * As far as both caches go, they must hold the same tokens.
   */
  readHiddenStatesOf(source: ModelPipeline): void {
    this.#source = source;
  }

  /** Adds to the encoder what a forward over `rows` tokens reads of the source: for each token the hidden state of the one before it. */
  #bringHiddenStates(rows: number): void {
    const [from, to] = [this.#source?.hiddenStates, this.hiddenStates];
    if (!this.#source || !from || !to) return;
    const end = Math.min(this.#cachedLength + rows - 1, this.#source.cachedLength);
    copyStates(this.encoder, from, to, Math.max(this.#cachedLength - 1, 0), end);
  }

  /** f32 [rows, padded vocabulary] -> [rows, vocabulary] */
  #withoutPadding(logits: GPUBuffer, rows: number): GPUBuffer {
    const [bytes, padded] = [this.vocabularySize * 4, this.#paddedVocabulary * 4];
    if (!this.#compact || this.#compact.size < rows * bytes) {
      this.#compact?.destroy();
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      this.#compact = this.device.createBuffer({ label: 'logits of tokens', size: rows * bytes, usage });
    }
    for (let row = 0; row < rows; row++) this.encoder.copyBufferToBuffer(logits, row * padded, this.#compact, row * bytes, bytes);
    return this.#compact;
  }

  /** Runs `work` and frees the tensors that it made; freeing flushes the encoder. */
  scoped<T>(work: () => T): T {
    this.#pipeline.tvm.beginScope();
    try {
      return work();
    } finally {
      this.#pipeline.tvm.endScope();
    }
  }

  /** Extends the cache to the whole of `tokens`, in chunks, waiting for each but the last so that `signal` is heard between them. */
  async fill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
    while (this.#cachedLength < tokens.length && !signal.aborted) {
      const chunk = tokens.slice(this.#cachedLength, this.#cachedLength + this.passLength);
      this.write(chunk);
      this.scoped(() => this.forward(chunk.length, 'last-row'));
      this.flush();
      // No readback.
      if (this.#cachedLength < tokens.length) await this.device.queue.onSubmittedWorkDone();
    }
  }

  dispose(): void {
    this.#compact?.destroy();
    this.#inputTensor.dispose();
    this.#several.dispose();
    this.#pop.dispose();
    for (const made of Object.values(this.#twin ?? {})) made.dispose();
  }

  get #states(): unknown[] {
    return this.#twin ? [this.#twin.cache] : this.#pipeline.getActiveKVStates();
  }

  /** Runs `make`, which makes a cache. */
  #making<T>(make: () => T): T {
    if (!this.#halving) return make();
    this.#halving.isHalving = true;
    try {
      return make();
    } finally {
      this.#halving.isHalving = false;
    }
  }

  /** Bytes of every buffer that web-llm holds for this model. */
  #allocated(): number {
    return this.#pipeline.tvm.lib.webGPUContext.bufferTable.reduce((sum, buffer) => sum + (buffer?.size ?? 0), 0);
  }

  /** Call inside a scope. */
  #weights(): number {
    const { params } = this.#pipeline;
    const buffers = new Set(Array.from({ length: params.size() }, (_, i) => this.#buffer(params.get(i))));
    return [...buffers].reduce((sum, { size }) => sum + size, 0);
  }

  #buffer(tensor: Tensor): GPUBuffer {
    const buffer = this.#pipeline.tvm.lib.webGPUContext.bufferTable[tensor.getDataPtr()];
    if (!buffer) throw incompatible('a tensor has no GPU buffer');
    return buffer;
  }
}

type LoadedSpec = Pick<ModelSpec, 'id' | 'vocabulary' | 'stopTokens' | 'rollsBack'>;

/** @throws FailureError library-incompatible where the model has fewer logits than its tokenizer has tokens */
function tokensOf(logits: number, model?: Pick<ModelSpec, 'vocabulary'>): number {
  const tokens = model?.vocabulary.tokens ?? logits;
  if (tokens <= logits) return tokens;
  throw incompatible(`its list says that it has ${tokens} tokens, and its library has ${logits} logits`);
}
