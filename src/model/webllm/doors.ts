/** What is reached for in web-llm (0.2.86) behind its public types, and the check that it is there. Types and names only; pipeline.ts uses them. */
import type { MLCEngine } from '@mlc-ai/web-llm';
import { FailureError } from '../../core/failure';
import type { Matcher } from '../grammar';

export interface Disposable {
  dispose(): void;
}
export interface Tensor extends Disposable {
  readonly shape: readonly number[];
  getDataPtr(): number;
  view(shape: number[]): Tensor;
}
export type PackedFunction = Disposable & ((...args: unknown[]) => unknown);

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
  override_system_message?: string;
  reset(): void;
  appendMessage(role: 'user' | 'assistant', content: string): void;
  appendReplyHeader(role: 'assistant'): void;
  getPromptArray(config: unknown): (string | unknown[])[];
}

export interface Pipeline {
  readonly tvm: Runtime;
  /** `getFunction` gives nothing, or throws, where the library has none of that name. */
  readonly vm: { getFunction(name: string): PackedFunction | undefined };
  /** Of tensors. */
  readonly params: { size(): number; get(index: number): Tensor };
  /** How the library names and calls its forwards, and what it remembers. */
  readonly resolvedModelABI: {
    readonly kvStateKind: string;
    readonly prefillABI: 'single' | 'batch';
    readonly needsKVCache: boolean;
    readonly needsRNNState: boolean;
  };
  /** Its cache, its recurrent state, or both. */
  getActiveKVStates(): unknown[];
  readonly device: unknown;
  readonly embed: PackedFunction;
  readonly prefill: PackedFunction;
  readonly decoding: PackedFunction;
  readonly fKVCacheBeginForward: PackedFunction;
  readonly fKVCacheEndForward: PackedFunction;
  readonly tokenizer: { encode(text: string): Int32Array; decode(ids: Int32Array): string };
  readonly conversation: Conversation;
  readonly config: {
    readonly conv_template?: { readonly stop_str?: readonly string[]; readonly system_prefix_token_ids?: readonly number[] | null };
  };
  readonly stopTokens: readonly number[];
  readonly fullVocabSize: number;
  readonly contextWindowSize: number;
  readonly prefillChunkSize: number;
  resetChat(): void;
  readonly grammarMatcher?: Matcher;
  prepareGrammarMatcherForSampling(config: { response_format: unknown }): Promise<void> | undefined;
}

const DOORS: readonly string[] = [
  ...[
    'tvm',
    'vm',
    'params',
    'resolvedModelABI',
    'getActiveKVStates',
    'device',
    'embed',
    'prefill',
    'decoding',
    'fKVCacheBeginForward',
    'fKVCacheEndForward',
  ],
  ...['tokenizer', 'conversation', 'config', 'stopTokens', 'fullVocabSize', 'contextWindowSize', 'prefillChunkSize', 'resetChat'],
  'prepareGrammarMatcherForSampling',
  ...['tvm.beginScope', 'tvm.endScope', 'tvm.detachFromCurrentScope', 'tvm.empty', 'tvm.makeShapeTuple', 'tvm.scalar', 'tvm.getGlobalFunc'],
  ...['tvm.lib.webGPUContext.device', 'tvm.lib.webGPUContext.bufferTable', 'tvm.lib.webGPUContext.pendingEncoder'],
  ...['tvm.lib.webGPUContext.flushCommands', 'vm.getFunction'],
  ...['tokenizer.encode', 'tokenizer.decode', 'conversation.reset', 'conversation.appendMessage', 'conversation.appendReplyHeader'],
  ...['conversation.getPromptArray', 'params.size', 'params.get'],
];

/** The pipeline that `engine` loaded as `modelId`. @throws FailureError library-incompatible, naming what is missing */
export function openDoors(engine: MLCEngine, modelId: string): Pipeline {
  const loaded = (engine as unknown as { loadedModelIdToPipeline?: Map<string, unknown> }).loadedModelIdToPipeline?.get(modelId);
  const missing = loaded === undefined ? 'loadedModelIdToPipeline' : DOORS.find((door) => reach(loaded, door) === undefined);
  if (missing) throw incompatible(`web-llm no longer has "${missing}"`);
  return loaded as Pipeline;
}

function reach(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], from);
}

/** The model's function `name`; null where its library has none. It must be disposed of. */
export function findFunction({ vm }: Pipeline, name: string): PackedFunction | null {
  try {
    return vm.getFunction(name) ?? null;
  } catch {
    return null;
  }
}

/** What the library of a loaded model says about itself. Call inside a scope. */
export function metadataOf({ vm }: Pipeline): { readonly max_batch_size?: unknown; readonly quantization?: unknown } {
  return JSON.parse(String(lookUp('_metadata', () => vm.getFunction('_metadata'))()));
}

/** @throws FailureError library-incompatible where `get` gives nothing, or throws */
export function lookUp(name: string, get: () => PackedFunction | undefined): PackedFunction {
  let cause: unknown;
  try {
    const found = get();
    if (found) return found;
  } catch (thrown) {
    cause = thrown;
  }
  throw incompatible(`the model's library has no "${name}"`, cause);
}

export function incompatible(what: string, cause?: unknown) {
  return new FailureError(
    'library-incompatible',
    `This model cannot be driven: ${what}.`,
    'Use the model libraries and the web-llm version that this page was built with.',
    cause,
  );
}
