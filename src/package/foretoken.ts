import type { Usage } from '../api/shapes';
import { checkOptions } from './config';
import { SpeculativeEngine } from './engine';
import { pageTasks, workerTasks } from './tasks';
import type {
  BackendChoice,
  ChatMessage,
  ChatRequestStreaming,
  DraftMethod,
  FinishReason,
  KvCache,
  SpeculativeEngineConfig,
} from './types';

export interface ForetokenOptions {
  /** `embedded` by default; an id of a list, or the URL of a list with `#id`. */
  readonly model?: string;
  /** By default the model's own. */
  readonly draftModel?: string;
  /** true by default. */
  readonly speculative?: boolean;
  /** Drafts of a round, 1 to 16, or `auto` (default). */
  readonly numDraftTokens?: number | 'auto';
  readonly method?: DraftMethod;
  /** What computes, as in `SpeculativeEngineConfig`. */
  readonly backend?: BackendChoice;
  /** What keys and values are kept in, as in `SpeculativeEngineConfig`. */
  readonly kvCache?: KvCache;
  /** URLs of lists of models, relative to the page. */
  readonly modelLists?: readonly string[];
  /** 0 to 1, while the models load. */
  readonly onProgress?: (progress: number, text: string) => void;
  /** Runs the models, if its script is a `SpeculativeWorkerHandler`; this thread by default. */
  readonly worker?: Worker;
}

/** What a call of `generate` may say besides: fields of a chat request. */
export type GenerateOptions = Partial<Omit<ChatRequestStreaming, 'messages' | 'stream' | 'stream_options' | 'n'>>;

/** What came of a prompt. */
export interface GenerationResult {
  readonly text: string;
  /** `abort` where its reader left. */
  readonly finishReason: FinishReason;
  /** null where its reader left. */
  readonly usage: Usage | null;
}

/**
 * A model with its draft, for three lines of code:
 *
 *     const llm = new Foretoken({ model: 'embedded' });
 *     for await (const text of llm.generate('Tell me a story.')) show(text);
 */
export class Foretoken {
  readonly #engine: SpeculativeEngine;
  readonly #model: string;
  #loading: Promise<void> | null = null;

  /** @throws FailureError invalid-setting, naming the option */
  constructor(options: ForetokenOptions = {}) {
    checkOptions(options);
    const { model = 'embedded', speculative = true, numDraftTokens, onProgress, worker, ...others } = options;
    const config: SpeculativeEngineConfig = {
      ...others,
      ...{ speculative, numSpeculativeTokens: numDraftTokens },
      initProgressCallback: ({ progress, text }) => onProgress?.(progress, text),
    };
    this.#model = model;
    this.#engine = new SpeculativeEngine(config, worker ? workerTasks(worker) : pageTasks());
  }

  /** Loads the models, which the first prompt does otherwise; where that failed, it is tried again. @throws FailureError what kept them from loading */
  load(): Promise<void> {
    this.#loading ??= this.#engine.reload(this.#model).catch((thrown) => {
      this.#loading = null;
      throw thrown;
    });
    return this.#loading;
  }

  /** The answer to `prompt`, a text or a conversation, while it comes. Nothing runs before it is read. */
  generate(prompt: string | ChatMessage[], options: GenerateOptions = {}): Generation {
    return new Generation(this.#stream(prompt, options));
  }

  /** Frees the device; the next prompt loads the models again. */
  async unload(): Promise<void> {
    this.#loading = null;
    await this.#engine.unload();
  }

  async *#stream(prompt: string | ChatMessage[], options: GenerateOptions): ChunkStream {
    await this.load();
    const messages: ChatMessage[] = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;
    const request = { ...options, messages, stream: true, stream_options: { include_usage: true } } as ChatRequestStreaming;
    yield* (await this.#engine.chat.completions.create(request)) as unknown as ChunkStream;
  }
}

type Chunk = {
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: FinishReason | null }[];
} & {
  readonly usage?: Usage | null;
};
type ChunkStream = AsyncGenerator<Chunk, void>;

/** One answer: its pieces of text as they come, each round's at a time, and what came of it. It is read once; leaving early stops it. */
export class Generation implements AsyncIterable<string> {
  readonly #pieces: AsyncGenerator<string, void>;
  #text = '';
  #finish: FinishReason = 'abort';
  #usage: Usage | null = null;
  #failed: { readonly cause: unknown } | null = null;

  constructor(chunks: AsyncIterable<Chunk>) {
    this.#pieces = this.#read(chunks);
  }

  [Symbol.asyncIterator](): AsyncGenerator<string, void> {
    return this.#pieces;
  }

  /** What came of it; reads what nobody has read. @throws ApiError, FailureError why there is no answer */
  async result(): Promise<GenerationResult> {
    for await (const _ of this.#pieces);
    if (this.#failed) throw this.#failed.cause;
    return { text: this.#text, finishReason: this.#finish, usage: this.#usage };
  }

  async *#read(chunks: AsyncIterable<Chunk>): AsyncGenerator<string, void> {
    try {
      for await (const { choices, usage } of chunks) {
        this.#usage = usage ?? this.#usage;
        const [choice] = choices;
        this.#finish = choice?.finish_reason ?? this.#finish;
        const piece = choice?.delta.content ?? '';
        this.#text += piece;
        if (piece !== '') yield piece;
      }
    } catch (cause) {
      this.#failed = { cause };
      throw cause;
    }
  }
}
