/**
 * The only file that touches web-llm's private fields (0.2.86). Everything it reaches for is named in `DOORS` and
 * checked when a model has been loaded, so that another version fails with the name of what it lacks.
 */
import type { MLCEngine } from '@mlc-ai/web-llm';
import { FailureError } from '../../core/failure';
import type { Tokenizer } from '../../core/person';
import type { ResponseFormat, StopSignal, TokenId } from '../../core/types';
import { type Matcher, TokenGrammar, webllmFormat } from './grammar';

interface Disposable {
  dispose(): void;
}
interface Tensor extends Disposable {
  readonly shape: readonly number[];
  getDataPtr(): number;
  view(shape: number[]): Tensor;
}
type PackedFunction = Disposable & ((...args: unknown[]) => unknown);

interface Runtime {
  readonly lib: {
    readonly webGPUContext: {
      readonly device: GPUDevice;
      readonly bufferTable: readonly (GPUBuffer | undefined)[];
      pendingEncoder: GPUCommandEncoder | null;
      flushCommands(): void;
    };
  };
  beginScope(): void;
  endScope(): void;
  detachFromCurrentScope<T>(object: T): T;
  empty(shape: number[], dtype: string, device: unknown): Tensor;
  makeShapeTuple(shape: number[]): unknown;
  scalar(value: number, dtype: string): unknown;
  getGlobalFunc(name: string): PackedFunction;
}

interface Conversation {
  reset(): void;
  appendMessage(role: 'user' | 'assistant', content: string): void;
  appendReplyHeader(role: 'assistant'): void;
  getPromptArray(config: unknown): (string | unknown[])[];
}

interface Pipeline {
  readonly tvm: Runtime;
  readonly vm: { getFunction(name: string): PackedFunction };
  readonly params: unknown;
  readonly kvCache: unknown;
  readonly device: unknown;
  readonly embed: PackedFunction;
  readonly prefill: PackedFunction;
  readonly decoding: PackedFunction;
  readonly fKVCacheBeginForward: PackedFunction;
  readonly fKVCacheEndForward: PackedFunction;
  readonly tokenizer: { encode(text: string): Int32Array; decode(ids: Int32Array): string };
  readonly conversation: Conversation;
  readonly config: unknown;
  readonly stopTokens: readonly number[];
  readonly fullVocabSize: number;
  readonly contextWindowSize: number;
  readonly prefillChunkSize: number;
  resetChat(): void;
  readonly grammarMatcher?: Matcher;
  prepareGrammarMatcherForSampling(config: { response_format: unknown }): Promise<void> | undefined;
}

const DOORS: readonly string[] = [
  ...['tvm', 'vm', 'params', 'kvCache', 'device', 'embed', 'prefill', 'decoding', 'fKVCacheBeginForward', 'fKVCacheEndForward'],
  ...['tokenizer', 'conversation', 'config', 'stopTokens', 'fullVocabSize', 'contextWindowSize', 'prefillChunkSize', 'resetChat'],
  'prepareGrammarMatcherForSampling',
  ...['tvm.beginScope', 'tvm.endScope', 'tvm.detachFromCurrentScope', 'tvm.empty', 'tvm.makeShapeTuple', 'tvm.scalar', 'tvm.getGlobalFunc'],
  ...['tvm.lib.webGPUContext.device', 'tvm.lib.webGPUContext.bufferTable', 'tvm.lib.webGPUContext.pendingEncoder'],
  ...['tvm.lib.webGPUContext.flushCommands', 'vm.getFunction'],
  ...['tokenizer.encode', 'tokenizer.decode', 'conversation.reset', 'conversation.appendMessage', 'conversation.appendReplyHeader'],
  'conversation.getPromptArray',
];

/** One model that web-llm has loaded, as rows of tokens in and rows of logits out, all on the device. */
export class ModelPipeline implements Tokenizer {
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** Most tokens of one forward. */
  readonly passLength: number;
  readonly stopTokens: ReadonlySet<TokenId>;
  readonly device: GPUDevice;
  /** i32 [contextLength]: what the next forward reads, from index 0. */
  readonly input: GPUBuffer;
  readonly #pipeline: Pipeline;
  readonly #inputTensor: Tensor;
  readonly #verify: PackedFunction;
  readonly #pop: PackedFunction;
  #cachedLength = 0;

  /** @throws FailureError library-incompatible, naming what is missing */
  constructor(engine: MLCEngine, modelId: string) {
    const loaded = (engine as unknown as { loadedModelIdToPipeline?: Map<string, unknown> }).loadedModelIdToPipeline?.get(modelId);
    const missing = loaded === undefined ? 'loadedModelIdToPipeline' : DOORS.find((door) => reach(loaded, door) === undefined);
    if (missing) throw incompatible(`web-llm no longer has "${missing}"`);
    const pipeline = loaded as Pipeline;
    this.#pipeline = pipeline;
    this.vocabularySize = pipeline.fullVocabSize;
    this.contextLength = pipeline.contextWindowSize;
    this.passLength = pipeline.prefillChunkSize;
    this.stopTokens = new Set(pipeline.stopTokens);
    this.device = pipeline.tvm.lib.webGPUContext.device;
    const { tvm } = pipeline;
    tvm.beginScope();
    try {
      this.#verify = tvm.detachFromCurrentScope(lookUp('batch_verify', () => pipeline.vm.getFunction('batch_verify')));
      this.#pop = tvm.detachFromCurrentScope(lookUp('kv_state_popn', () => tvm.getGlobalFunc('vm.builtin.kv_state_popn')));
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

  /** The ids of a question after earlier turns, in the model's chat template, exactly as web-llm's chat.completions makes them. */
  encodeChat(question: string, turns: readonly { readonly question: string; readonly answer: string }[] = []): TokenId[] {
    const { conversation, tokenizer, config } = this.#pipeline;
    conversation.reset();
    for (const turn of turns) {
      conversation.appendMessage('user', turn.question);
      conversation.appendMessage('assistant', turn.answer);
    }
    conversation.appendMessage('user', question);
    conversation.appendReplyHeader('assistant');
    const parts = conversation.getPromptArray(config);
    conversation.reset();
    return parts.flatMap((part) => (typeof part === 'string' ? Array.from(tokenizer.encode(part)) : []));
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
   * @throws FailureError invalid-setting where the schema or the grammar is none
   */
  async grammar(format: ResponseFormat, promptLength: number): Promise<TokenGrammar> {
    try {
      await this.#pipeline.prepareGrammarMatcherForSampling({ response_format: webllmFormat(format) });
    } catch (cause) {
      const what = format.type === 'json' ? 'JSON schema' : 'grammar';
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new FailureError(
        'invalid-setting',
        `The ${what} of the response format cannot be used: ${detail}`,
        `Correct the ${what}.`,
        cause,
      );
    }
    const { grammarMatcher } = this.#pipeline;
    if (!grammarMatcher) throw incompatible('web-llm made no "grammarMatcher"');
    return new TokenGrammar(grammarMatcher, this.vocabularySize, promptLength);
  }

  reset(): void {
    this.#pipeline.resetChat();
    this.#cachedLength = 0;
  }

  /** Drops the cache from position `length` on; at 0 anew from nothing, whatever an interrupted forward left behind. */
  truncate(length: number): void {
    if (length === 0) {
      this.reset();
      return;
    }
    const surplus = this.#cachedLength - length;
    if (surplus <= 0) return;
    const { tvm, kvCache } = this.#pipeline;
    this.#pop(kvCache, tvm.scalar(0, 'int64'), tvm.scalar(surplus, 'int32'));
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
   * @returns f32 [rows, vocabulary] after `all-rows`, [vocabulary] of the last row after `last-row`; valid until the scope ends
   */
  forward(rows: number, want: 'last-row' | 'all-rows'): GPUBuffer {
    if (this.#cachedLength + rows > this.contextLength) {
      throw new RangeError(`${this.#cachedLength} tokens and ${rows} more exceed the context of ${this.contextLength}`);
    }
    const { tvm, params, kvCache, embed, prefill, decoding, fKVCacheBeginForward, fKVCacheEndForward } = this.#pipeline;
    const hidden = embed(this.#inputTensor.view([rows]), params) as Tensor;
    const run = rows === 1 ? decoding : want === 'all-rows' ? this.#verify : prefill;
    fKVCacheBeginForward(kvCache, tvm.makeShapeTuple([0]), tvm.makeShapeTuple([rows]));
    const result = run(hidden.view([1, ...hidden.shape]), kvCache, params) as { get(index: number): Tensor };
    fKVCacheEndForward(kvCache);
    this.#cachedLength += rows;
    return this.#buffer(result.get(0));
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
    this.#inputTensor.dispose();
    this.#verify.dispose();
    this.#pop.dispose();
  }

  #buffer(tensor: Tensor): GPUBuffer {
    const buffer = this.#pipeline.tvm.lib.webGPUContext.bufferTable[tensor.getDataPtr()];
    if (!buffer) throw incompatible('a tensor has no GPU buffer');
    return buffer;
  }
}

function reach(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], from);
}

function lookUp(name: string, get: () => PackedFunction): PackedFunction {
  try {
    return get();
  } catch (cause) {
    throw incompatible(`the model's library has no "${name}"`, cause);
  }
}

function incompatible(what: string, cause?: unknown) {
  return new FailureError(
    'library-incompatible',
    `This model cannot be driven: ${what}.`,
    'Use the model libraries and the web-llm version that this page was built with.',
    cause,
  );
}
