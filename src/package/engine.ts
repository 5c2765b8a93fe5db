import type * as webllm from '@mlc-ai/web-llm';
import type { ApiEngine } from '../api/apiEngine';
import { completeChat, streamChat } from '../api/chat';
import { readChatRequest } from '../api/chatRequest';
import { completeText, streamText } from '../api/completion';
import { readCompletionRequest } from '../api/completionRequest';
import { PairApi } from '../api/pairApi';
import { randomSeed } from '../api/randomSeed';
import { METHODS, type RequestDefaults } from '../api/request';
import { FailureError } from '../core/failure';
import { adapterHere } from '../gpu/adapter';
import { HOW_TO_GET_WEBGPU } from '../gpu/device';
import { checkConfig, checkLogLevel, isSpeculative } from './config';
import { InitProgress } from './initProgress';
import { NamedPair, notLoaded } from './namedPair';
import { type FoundPair, findPair } from './pair';
import { pageTasks, type TaskEngine } from './tasks';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  ChatRequestNonStreaming,
  ChatRequestStreaming,
  SpeculativeChat,
  SpeculativeCompletions,
  SpeculativeEngineConfig,
  TextCompletion,
  TextRequest,
  TextRequestNonStreaming,
  TextRequestStreaming,
} from './types';

/** web-llm opens devices with no more than this. */
const LARGEST_BINDING = 1 << 30;

/**
 * web-llm's engine with speculation. Requests run one after the other; each is answered from its messages alone. What is wrong with a request is an
 * `ApiError` that names the field, and everything else a `FailureError` with a code and a hint.
 */
export class SpeculativeEngine implements webllm.MLCEngineInterface {
  readonly chat: SpeculativeChat;
  readonly completions: SpeculativeCompletions;
  readonly embeddings: webllm.Embeddings;
  readonly #tasks: TaskEngine;
  #config: SpeculativeEngineConfig;
  #pair: NamedPair | null = null;
  /** Ends the load under way. */
  #loading: AbortController | null = null;
  /** Whether `#tasks` may hold models: from the beginning of a load, whatever becomes of it. */
  #mayHoldModels = false;

  /**
   * @param tasks what runs the models; this thread by default
   * @throws FailureError invalid-setting, naming the option
   */
  constructor(config: SpeculativeEngineConfig = {}, tasks: TaskEngine = pageTasks()) {
    checkConfig(config);
    this.#config = config;
    this.#tasks = tasks;
    if (config.logLevel) this.setLogLevel(config.logLevel);
    const create = (request: ChatRequest) => this.chatCompletion(request);
    // web-llm's classes differ from these only in private fields.
    this.chat = { completions: { create } } as unknown as SpeculativeChat;
    this.completions = { create: (request: TextRequest) => this.completion(request) } as unknown as SpeculativeCompletions;
    this.embeddings = { create: () => this.embedding() } as unknown as webllm.Embeddings;
  }

  /** What answers requests of OpenAI's API, whatever carries them (`foretokenFetch`); without a model before `reload`. */
  get api(): ApiEngine {
    return this.#pair ?? UNLOADED;
  }

  setInitProgressCallback(callback: webllm.InitProgressCallback | undefined): void {
    this.#config = { ...this.#config, initProgressCallback: callback as webllm.InitProgressCallback };
  }

  getInitProgressCallback(): webllm.InitProgressCallback | undefined {
    return this.#config.initProgressCallback;
  }

  /** For the next `reload`. @throws FailureError invalid-setting */
  setAppConfig(appConfig: webllm.AppConfig): void {
    const config = { ...this.#config, appConfig };
    checkConfig(config);
    this.#config = config;
  }

  /** Of web-llm's messages on the console; Foretoken writes none. */
  setLogLevel(level: webllm.LogLevel): void {
    checkLogLevel(level);
    this.#tasks.setLogLevel(level);
  }

  /**
   * Loads `modelId`, and what drafts for it, in place of what is loaded. Resolves without a model where `unload` is called meanwhile, as web-llm's.
   *
   * @param modelId one: `embedded`, an id of a list or of `appConfig.model_list`, or the URL of a list with `#id`
   * @throws FailureError what kept it from loading
   */
  async reload(modelId: string | string[], chatOpts: webllm.ChatOptions | webllm.ChatOptions[] = []): Promise<void> {
    const [name, ...others] = [modelId].flat();
    const [options = {}, ...further] = [chatOpts].flat();
    if (name === undefined || others.length + further.length > 0) {
      throw new FailureError('invalid-setting', 'An engine loads one model.', 'Give one id; make another engine for another model.');
    }
    const unloaded = this.unload();
    const loading = new AbortController();
    this.#loading = loading;
    try {
      await unloaded;
      const found = await findPair(name, this.#config, options, loading.signal);
      const served = this.#serve(name, found);
      await this.#load(served.api, found, loading.signal);
      loading.signal.throwIfAborted();
      this.#pair = served.pair;
    } catch (thrown) {
      if (!loading.signal.aborted) throw thrown;
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  /** Ends the load and all requests, and frees the device. */
  async unload(): Promise<void> {
    this.#loading?.abort();
    this.#pair?.close();
    this.#loading = this.#pair = null;
    if (!this.#mayHoldModels) return;
    this.#mayHoldModels = false;
    await this.#tasks.unload({ type: 'unload' }, new AbortController().signal);
  }

  chatCompletion(request: ChatRequestNonStreaming): Promise<ChatCompletion>;
  chatCompletion(request: ChatRequestStreaming): Promise<AsyncIterable<ChatCompletionChunk>>;
  chatCompletion(request: ChatRequest): Promise<AsyncIterable<ChatCompletionChunk> | ChatCompletion>;
  /** @throws ApiError naming the field that cannot be honoured; FailureError not-loaded */
  async chatCompletion(request: ChatRequest): Promise<AsyncIterable<ChatCompletionChunk> | ChatCompletion> {
    const pair = this.#loaded();
    const asked = readChatRequest(request, pair.defaults());
    if (asked.stream) return (await streamChat(asked, pair, never())) as AsyncIterable<unknown> as AsyncIterable<ChatCompletionChunk>;
    return (await completeChat(asked, pair, never())) as unknown as ChatCompletion;
  }

  completion(request: TextRequestNonStreaming): Promise<TextCompletion>;
  completion(request: TextRequestStreaming): Promise<AsyncIterable<TextCompletion>>;
  completion(request: TextRequest): Promise<AsyncIterable<TextCompletion> | TextCompletion>;
  /** @throws ApiError naming the field that cannot be honoured; FailureError not-loaded */
  async completion(request: TextRequest): Promise<AsyncIterable<TextCompletion> | TextCompletion> {
    const pair = this.#loaded();
    const asked = readCompletionRequest(request, pair.defaults());
    if (asked.stream) return (await streamText(asked, pair, never())) as AsyncIterable<unknown> as AsyncIterable<TextCompletion>;
    return (await completeText(asked, pair, never())) as unknown as TextCompletion;
  }

  /** Stops the request that runs: it ends with what there is, `finish_reason` `abort`. */
  interruptGenerate(): void {
    this.#pair?.interrupt();
  }

  /** Of the answer that began last, as far as it is. */
  async getMessage(modelId?: string): Promise<string> {
    return this.#loaded(modelId).message;
  }

  /** Speeds of all requests since the last `resetChat`, and what became of the drafts. */
  async runtimeStatsText(modelId?: string): Promise<string> {
    return this.#loaded(modelId).stats.text();
  }

  /** Forgets the latest answer and, unless `keepStats`, what it took. Requests depend on their own messages only. */
  async resetChat(keepStats = false, _modelId?: string): Promise<void> {
    this.#pair?.reset(keepStats);
  }

  /** @throws FailureError no-adapter */
  async getMaxStorageBufferBindingSize(): Promise<number> {
    const { limits } = await neededAdapter();
    return Math.min(limits.maxStorageBufferBindingSize, LARGEST_BINDING);
  }

  /** @throws FailureError no-adapter */
  async getGPUVendor(): Promise<string> {
    return (await neededAdapter()).info.vendor;
  }

  /** @throws FailureError unsupported, as the others below */
  embedding(): Promise<never> {
    return unsupported('embeddings');
  }

  forwardTokensAndSample(): Promise<never> {
    return unsupported('forwardTokensAndSample');
  }

  listResumableSessions(): Promise<never> {
    return unsupported('listResumableSessions');
  }

  resumeChatCompletion(): Promise<never> {
    return unsupported('resumeChatCompletion');
  }

  deleteResumableSession(): Promise<never> {
    return unsupported('deleteResumableSession');
  }

  #serve(name: string, { pair, sampling }: FoundPair): { readonly api: PairApi; readonly pair: NamedPair } {
    const { method, numSpeculativeTokens = 'auto', backend } = this.#config;
    const defaults: Omit<RequestDefaults, 'seed'> = {
      speculative: isSpeculative(this.#config),
      numSpeculativeTokens,
      drafting: method === undefined ? (pair.draft ? 'model' : 'ngram') : METHODS[method],
      sampling,
    };
    const api = new PairApi({
      ...{ engine: this.#tasks, pair, backend, defaults, mostWaiting: Number.POSITIVE_INFINITY, now: () => Date.now() },
      randomSeed,
      randomId: () => crypto.randomUUID(),
    });
    return { api, pair: new NamedPair(name, api) };
  }

  async #load(api: PairApi, { pair }: FoundPair, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#mayHoldModels = true;
    const progress = new InitProgress(pair, () => performance.now());
    const tell = (report: webllm.InitProgressReport) => this.#config.initProgressCallback?.(report);
    let adapter = 'the CPU';
    await api.load((update) => {
      if (update.type === 'progress') tell(progress.report(update));
      else adapter = update.adapter;
    }, signal);
    signal.throwIfAborted();
    tell(progress.finished(adapter));
  }

  /** @throws FailureError not-loaded */
  #loaded(_modelId?: string): NamedPair {
    if (this.#pair) return this.#pair;
    throw notLoaded();
  }
}

/** What answers before a model is loaded. */
const UNLOADED: ApiEngine = {
  models: () => Promise.reject(notLoaded()),
  defaults: () => ({ seed: 0, speculative: false, numSpeculativeTokens: 'auto', drafting: 'ngram' }),
  run: () => {
    throw notLoaded();
  },
  now: () => Date.now(),
  randomId: () => crypto.randomUUID(),
};

async function unsupported(what: string): Promise<never> {
  throw new FailureError('unsupported', `"${what}" is not supported by this engine.`, 'Use web-llm’s own engine for it.');
}

async function neededAdapter(): Promise<GPUAdapter> {
  const adapter = await adapterHere();
  if (adapter) return adapter;
  throw new FailureError('no-adapter', 'This browser has found no graphics adapter for WebGPU.', HOW_TO_GET_WEBGPU);
}

/** Nobody but `interruptGenerate` stops a request; leaving a stream ends it. One of its own for each: `AbortSignal.any` keeps something in a signal for each use of it. */
function never(): AbortSignal {
  return new AbortController().signal;
}
