/** The hidden states that a library keeps for a draft that reads them, as EAGLE does (Li et al. 2024, arXiv 2401.15077). */
import { findFunction, type Pipeline, type Tensor } from './doors';

/** f32 [contextLength, width], beside keys and values of a cache: row i is the last hidden state of its token i, before the last norm. */
export interface HiddenStates {
  readonly buffer: GPUBuffer;
  readonly width: number;
}

/** Those of `cache`, which come and go with it; null where the library keeps none. Call inside a scope. */
export function keptStates(pipeline: Pipeline, cache: unknown, bufferOf: (tensor: Tensor) => GPUBuffer): HiddenStates | null {
  const tensor = findFunction(pipeline, 'last_hidden_states')?.(cache) as Tensor | undefined;
  return tensor ? { buffer: bufferOf(tensor), width: tensor.shape[1] ?? 0 } : null;
}

/** Adds to `encoder` a copy of the rows from `first` up to `end`, if there are any, into the same rows. */
export function copyStates(encoder: GPUCommandEncoder, from: HiddenStates, to: HiddenStates, first: number, end: number): void {
  const row = to.width * 4;
  if (end > first) encoder.copyBufferToBuffer(from.buffer, first * row, to.buffer, first * row, (end - first) * row);
}
