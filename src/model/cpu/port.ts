import { FailureError } from '../../core/failure';
import type { TokenId } from '../../core/types';
import { divisorsOf } from '../../formats/ropeScaling';
import type { ModelConfig } from './weights';

/** A model's forward pass and its cache, as `CpuModel` uses it. */
export interface Forward {
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** Tokens in the cache. */
  readonly length: number;
  /** What the last layer made of each row of the last forward, before the last norm: [rows, hidden size]. */
  readonly hidden: Float64Array | Float32Array;
  truncate(length: number): void;
  /**
   * One forward over `ids`, which continue what the cache holds and then are in it.
   *
   * @returns logits, f32 [vocabulary] each: of every row, or of the last alone
   * @throws FailureError token-outside-vocabulary, before anything is computed
   */
  forward(ids: readonly TokenId[], want: WantedRows): Float32Array[];
  /** The same weights with a cache of their own. @throws FailureError out-of-memory */
  sibling(): Forward;
  /** Threads that compute it, the calling one and those that are about to begin with them. */
  readonly threads: number;
  /** Ends the threads that compute it and its siblings beside the calling one. */
  close(): void;
}

export type WantedRows = 'last-row' | 'all-rows';

/** @throws FailureError token-outside-vocabulary; RangeError where the context is too short */
export function checkIds({ vocabularySize, contextLength, length }: Forward, ids: readonly TokenId[]): void {
  const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
  if (outside !== undefined) {
    throw new FailureError(
      'token-outside-vocabulary',
      `Token ${outside} is outside the vocabulary of ${vocabularySize}.`,
      'The draft and the target do not share a vocabulary; choose another draft.',
    );
  }
  if (length + ids.length > contextLength) {
    throw new RangeError(`${length} tokens and ${ids.length} more exceed the context of ${contextLength}`);
  }
}

/** @param what is wrong, in a main clause @param hint what to do, a sentence */
export function cannotRun(what: string, hint = 'Use the models that belong to this version of the page, or run on WebGPU.'): FailureError {
  return new FailureError('library-incompatible', `This model cannot run without WebGPU: ${what}.`, hint);
}

/** cos and sin of every angle, [context, head dim / 2] each. */
export interface Rotation {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** @param of a model's sizes, its rotation among them */
export function rotation(context: number, of: Pick<ModelConfig['model_config'], 'head_dim' | 'rope_theta' | 'rope_scaling'>): Rotation {
  const { head_dim: dim, rope_theta: theta, rope_scaling: scaling } = of;
  const pairs = dim / 2;
  const divisors = scaling ? divisorsOf(scaling, theta, dim) : [];
  const frequencies = Array.from({ length: pairs }, (_, i) => theta ** (-(2 * i) / dim) / (divisors[i] ?? 1));
  const angles = Float64Array.from({ length: context * pairs }, (_, i) => Math.floor(i / pairs) * (frequencies[i % pairs] as number));
  return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
}
