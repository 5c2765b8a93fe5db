/** What the engine takes and gives: web-llm's types, and what speculation adds to them; types only. */
import type * as webllm from '@mlc-ai/web-llm';
import type { ChatCompletion as AnsweredChat, Usage } from '../api/shapes';

export type { UsageExtra } from '../api/shapes';

/** What drafts: the draft model, text that has come before, or that first and then the model. */
export type DraftMethod = 'draft_model' | 'ngram' | 'mixed';

/** How an engine drafts where a request does not say. None of them: it decodes plainly, as web-llm. */
export interface SpeculativeOptions {
  /**
   * Drafts for the model: an id or a URL as the model's own, or `itself`. It stays loaded, whatever requests ask for. By default the first draft that the
   * model's list names, where drafts are asked for.
   */
  readonly draftModel?: string | undefined;
  /** By default true where any of these options is there. */
  readonly speculative?: boolean | undefined;
  /** 1 to 16, or `auto` (default): as many in each round as should be fastest. */
  readonly numSpeculativeTokens?: number | 'auto' | undefined;
  /** By default the draft model, or `ngram` without one. */
  readonly method?: DraftMethod | undefined;
  /** URLs of lists of models (manifest.json), relative to the page; by default `models/manifest.json` and `models-smollm2/manifest.json`. */
  readonly modelLists?: readonly string[] | undefined;
}

/** What computes. */
export type BackendChoice = 'auto' | 'webgpu' | 'cpu';

/** What keys and values are kept in: float32, or float16. */
export type KvCache = 'full' | 'half';

/** web-llm's options, and those of speculation. */
export interface SpeculativeEngineConfig extends webllm.MLCEngineConfig, SpeculativeOptions {
  /**
   * `auto` (default): WebGPU on a graphics card; where its adapter is made of software, the faster of WebGPU and the CPU, which is measured once a week for each model; the CPU
   * where there is no WebGPU. `webgpu`: the CPU only where there is no WebGPU. `cpu`.
   */
  readonly backend?: BackendChoice | undefined;
  /** `full` by default. `half` takes half the memory, on WebGPU and on a library of Foretoken's; other models are refused. The text may differ from that of `full`. */
  readonly kvCache?: KvCache | undefined;
}

/** What a request may say besides web-llm's fields, in place of the engine's options. */
export interface SpeculativeFields {
  speculative?: boolean | null;
  num_speculative_tokens?: number | 'auto' | null;
  method?: DraftMethod | null;
  top_k?: number | null;
  max_completion_tokens?: number | null;
}

interface JsonSchemaFormat {
  type: 'json_schema';
  json_schema: { name?: string; schema: object };
}

type Extended<Request> = Omit<Request, 'response_format'> &
  SpeculativeFields & { response_format?: webllm.ResponseFormat | JsonSchemaFormat | null };

export type ChatRequest = Extended<webllm.ChatCompletionRequestBase>;
export type ChatRequestNonStreaming = Extended<webllm.ChatCompletionRequestNonStreaming>;
export type ChatRequestStreaming = Extended<webllm.ChatCompletionRequestStreaming>;

/** web-llm's, with what speculation did in its usage. */
export type ChatCompletion = webllm.ChatCompletion & { usage: Usage };
export type ChatCompletionChunk = webllm.ChatCompletionChunk & { usage?: Usage | null };

export type TextRequest = webllm.CompletionCreateParamsBase & SpeculativeFields;
export type TextRequestNonStreaming = webllm.CompletionCreateParamsNonStreaming & SpeculativeFields;
export type TextRequestStreaming = webllm.CompletionCreateParamsStreaming & SpeculativeFields;
export type TextCompletion = webllm.Completion & { usage?: Usage | null };

export interface CreateChat {
  (request: ChatRequestNonStreaming): Promise<ChatCompletion>;
  (request: ChatRequestStreaming): Promise<AsyncIterable<ChatCompletionChunk>>;
  (request: ChatRequest): Promise<AsyncIterable<ChatCompletionChunk> | ChatCompletion>;
}

export interface CreateText {
  (request: TextRequestNonStreaming): Promise<TextCompletion>;
  (request: TextRequestStreaming): Promise<AsyncIterable<TextCompletion>>;
  (request: TextRequest): Promise<AsyncIterable<TextCompletion> | TextCompletion>;
}

/** `engine.chat`, which passes for web-llm's class. */
export type SpeculativeChat = { readonly completions: { readonly create: CreateChat } } & webllm.Chat;

/** `engine.completions`, which passes for web-llm's class. */
export type SpeculativeCompletions = { readonly create: CreateText } & webllm.Completions;

/** One message of a conversation. */
export type ChatMessage = webllm.ChatCompletionMessageParam;

/** Why an answer ended. */
export type FinishReason = AnsweredChat['choices'][number]['finish_reason'];
