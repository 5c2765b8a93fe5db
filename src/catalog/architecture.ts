/** What a model is made of, by its mlc-chat-config.json and its list of tensors, before any of its weights is there. */
import * as v from 'valibot';
import { LARGEST_BINDING } from '../formats/gguf';
import type { FileStorage } from '../storage/port';
import { json } from './json';
import { fileOf, type ModelSpec } from './spec';
import { openStored } from './storedModels';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const optional = v.optional(v.nullable(v.number()), null);
const Config = v.looseObject({
  model_type: v.optional(v.string(), ''),
  quantization: v.optional(v.string(), ''),
  prefill_chunk_size: optional,
  model_config: v.looseObject({
    hidden_size: count,
    num_hidden_layers: count,
    num_attention_heads: count,
    num_key_value_heads: optional,
    head_dim: optional,
  }),
});
const Tensors = v.looseObject({
  records: v.array(v.looseObject({ records: v.array(v.looseObject({ shape: v.array(v.number()), dtype: v.string() })) })),
});

/** How weights are quantised for libraries of ours alone (`training/library/decoder.py`, `llama.py`). */
const OURS: ReadonlySet<string> = new Set(['grouped', 'q8f32']);

export interface Architecture {
  /** As MLC names it: `llama`, `qwen3`. */
  readonly type: string;
  readonly quantisation: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Most tokens of one forward, as its configuration says; null where it does not. */
  readonly prefillChunk: number | null;
  /** Whether it computes, and caches, in half precision. */
  readonly half: boolean;
  /** Whether it runs on a library of ours, which can keep its cache in half precision. */
  readonly halvesCache: boolean;
  /** Of the weights on a device, where what was stored in fewer bits is whole again, and converted where it is to be. */
  readonly weightBytes: number;
  /** Of the largest array of weights that a kernel reads. */
  readonly largestBytes: number;
}

/** The architecture of `model`, whose small files are stored (`readRecord`); null where they are not, or do not say. */
export async function architectureOf(model: ModelSpec, storage: FileStorage): Promise<Architecture | null> {
  const [config, tensors] = await Promise.all(['mlc-chat-config.json', 'tensor-cache.json'].map((name) => contentOf(model, storage, name)));
  const [said, listed] = [v.safeParse(Config, config), v.safeParse(Tensors, tensors)];
  if (!said.success || !listed.success) return null;
  const { model_type: type, quantization: quantisation, prefill_chunk_size: prefillChunk, model_config: of } = said.output;
  const { conversion } = model;
  // Our kernels read scales and offsets as float32.
  const loaded = (dtype: string) => (conversion && dtype.startsWith('float') ? 'float32' : dtype);
  const sizes = listed.output.records.flatMap(({ records }) => records.map(({ shape, dtype }) => bytesOfTensor(shape, loaded(dtype))));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return {
    ...{ type, quantisation, prefillChunk, layers: of.num_hidden_layers, hidden: of.hidden_size, heads: of.num_attention_heads },
    kvHeads: of.num_key_value_heads || of.num_attention_heads,
    headDim: of.head_dim || of.hidden_size / of.num_attention_heads,
    half: /^q\d+f16/.test(quantisation) && !conversion,
    halvesCache: conversion !== undefined || OURS.has(quantisation),
    weightBytes: sizes.reduce((sum, size) => sum + size, 0),
    // What no adapter need bind is kept in parts.
    largestBytes: conversion ? Math.min(largest, LARGEST_BINDING) : largest,
  };
}

/** What decides how large a cache is. */
export interface CacheForm {
  readonly tokens: number;
  /** Whether keys and values are to be in half precision; they are wherever the model computes in it. */
  readonly half: boolean;
  /** Whether it keeps a hidden state of each token beside them, in float32, as a head and its target do. */
  readonly states: boolean;
}

/** Bytes of a cache. */
export function cacheBytesOf(of: Architecture, { tokens, half, states }: CacheForm): number {
  return tokens * (2 * of.layers * of.kvHeads * of.headDim * ((half && of.halvesCache) || of.half ? 2 : 4) + (states ? of.hidden * 4 : 0));
}

async function contentOf(model: ModelSpec, storage: FileStorage, name: string): Promise<unknown> {
  const file = fileOf(model, name);
  return file ? openStored(model, storage, file).then(json, () => null) : null;
}

/** The type's name ends with its bits. */
function bytesOfTensor(shape: readonly number[], dtype: string): number {
  const bits = Number(/(\d+)$/.exec(dtype)?.[1] ?? 32);
  return (shape.reduce((product, side) => product * side, 1) * bits) / 8;
}
