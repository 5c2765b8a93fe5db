/** A tensor in a shard, as tensor-cache.json tells it. */
export interface Tensor {
  readonly nbytes: number;
  readonly byteOffset: number;
}

/** So that small models have several shards, as larger ones have. */
const SHARD_BYTES = 1 << 20;

/** `tensors`, which lie one behind the other, in pieces of at most `SHARD_BYTES`, or of a single one. */
export function inShards(tensors: readonly Tensor[]): Tensor[][] {
  const pieces: Tensor[][] = [];
  let size = Infinity;
  for (const tensor of tensors) {
    if (size + tensor.nbytes > SHARD_BYTES) {
      pieces.push([]);
      size = 0;
    }
    pieces.at(-1)?.push(tensor);
    size += tensor.nbytes;
  }
  return pieces;
}
