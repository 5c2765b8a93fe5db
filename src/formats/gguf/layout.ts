import type { Shape } from './shape';

/**
 * A parameter of the library (training/library/layout.py says in which order columns stand), made of `parts` of a model: rows of its matrices side by side
 * as columns, or numbers of its vectors one after another. Parts have llama.cpp's names, without `blk.N.` before and their suffix behind.
 */
export interface LayoutEntry {
  /** Of the library's, and without `layers.N.` before it. */
  readonly name: string;
  readonly kind: string;
  readonly layer: number | null;
  /** Length of the parts' rows; null: they are vectors. */
  readonly inner: number | null;
  readonly suffix: 'weight' | 'bias';
  readonly parts: readonly { readonly name: string; readonly rows: number }[];
  /** The column that a row becomes, or the index of a number; those of all parts are counted on. */
  readonly place: (row: number) => number;
}

const same = (row: number) => row;

/**
 * All parameters of a model of `shape`.
 *
 * @param pairs whether numbers that rotate together lie half a head apart, as Hugging Face has them, so that they are to be put side by side
 */
export function layoutOf(shape: Shape, pairs: boolean): LayoutEntry[] {
  const { hidden, vocabulary, layers, tied } = shape;
  const part = (name: string, rows: number) => [{ name, rows }];
  const whole = { layer: null, suffix: 'weight', place: same } as const;
  return [
    { ...whole, name: 'emb', kind: 'emb', inner: hidden, parts: part('token_embd', vocabulary) },
    ...(tied ? [] : [{ ...whole, name: 'head', kind: 'head', inner: hidden, parts: part('output', vocabulary) }]),
    { ...whole, name: 'norm', kind: 'norm', inner: null, parts: part('output_norm', hidden) },
    ...Array.from({ length: layers }, (_, layer) => layerOf(shape, layer, pairs)).flat(),
  ];
}

function layerOf({ hidden, feedForward, heads, kvHeads, headDim, family }: Shape, layer: number, pairs: boolean): LayoutEntry[] {
  const [queries, keys] = [heads * headDim, kvHeads * headDim];
  const paired = (row: number) => (pairs ? pairUp(row, headDim) : row);
  // Whole heads of q, then of k, then of v, which is not rotated.
  const qkv = (row: number) => (row < queries + keys ? paired(row) : row);
  const gateUp = (row: number): number => (row < feedForward ? 8 * (row >> 2) + (row & 3) : gateUp(row - feedForward) + 4);
  const entry = (
    kind: string,
    inner: number | null,
    parts: readonly (readonly [name: string, rows: number])[],
    place = same,
    suffix: LayoutEntry['suffix'] = 'weight',
  ): LayoutEntry => {
    return { name: `layers.${layer}.${kind}`, kind, layer, inner, suffix, parts: parts.map(([name, rows]) => ({ name, rows })), place };
  };
  const heads3 = [['attn_q', queries] as const, ['attn_k', keys] as const, ['attn_v', keys] as const];
  return [
    entry('qkv', hidden, heads3, qkv),
    ...(family === 'qwen2' ? [entry('qkv_bias', null, heads3, qkv, 'bias')] : []),
    ...(family === 'qwen3'
      ? [entry('q_norm', null, [['attn_q_norm', headDim]], paired), entry('k_norm', null, [['attn_k_norm', headDim]], paired)]
      : []),
    entry('o', queries, [['attn_output', hidden]]),
    entry(
      'gu',
      hidden,
      [
        ['ffn_gate', feedForward],
        ['ffn_up', feedForward],
      ],
      gateUp,
    ),
    entry('down', feedForward, [['ffn_down', hidden]]),
    entry('n1', null, [['attn_norm', hidden]]),
    entry('n2', null, [['ffn_norm', hidden]]),
  ];
}

/** Where row `row` of heads whose halves are rotated together goes when (d, d + headDim / 2) stand side by side. */
function pairUp(row: number, headDim: number): number {
  const [head, within, half] = [Math.floor(row / headDim), row % headDim, headDim / 2];
  return head * headDim + (within < half ? 2 * within : 2 * (within - half) + 1);
}
