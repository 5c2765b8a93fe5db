import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  type ByteSource,
  type ConversionProgress,
  type ConvertedFile,
  convertGguf,
  openGguf,
} from '../../../src/formats/gguf';
import { BLOCK_TYPES, dequantise } from '../../../src/formats/gguf/blocks';
import tiny from '../../fixtures/gguf/tiny.json';
import { type Tensor, writeGguf } from '../../support/gguf/file';
import { SIDES, smallModel, type Types } from '../../support/gguf/model';
import { refusalOf } from '../../support/gguf/refusal';
import { digest } from '../../support/gguf/sha';
import { arraysOf, unpack } from '../../support/gguf/unpack';

const LIBRARY = { shape: '', name: 'Small', context: 64, prefillChunk: 32 };
const TINY = new Uint8Array(fs.readFileSync(path.resolve(import.meta.dirname, '../../fixtures/gguf/tiny.gguf')));

async function convert(
  source: ByteSource,
  report: (progress: ConversionProgress) => void = () => {},
  signal = new AbortController().signal,
) {
  const files: ConvertedFile[] = [];
  for await (const file of convertGguf(await openGguf(source), LIBRARY, report, signal)) files.push(file);
  return files;
}

/** Row `row` of a file's matrix is column `column(row)` of a packed one: the rows, put back in the file's order. */
function rowsOf(packed: Uint8Array | undefined, rows: number, column: (row: number) => number): Float32Array {
  const { inner, columns, weights } = unpack(packed ?? new Uint8Array());
  return Float32Array.from(
    { length: rows * inner },
    (_, i) => weights[(i % inner) * columns + column(Math.floor(i / inner))] ?? Number.NaN,
  );
}

function floatsOf(bytes: Uint8Array | undefined): Float32Array {
  return new Float32Array(bytes?.slice().buffer ?? new ArrayBuffer(0));
}

/** Of a matrix of the file: the packed one that has it, and where its rows are there. It shares nothing with the code that packs. */
function placeOf(name: string, family: string, { hidden, kvHeads, heads }: typeof SIDES) {
  const headDim = hidden / heads;
  const [, layer, part] = /^blk\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
  const at = `layers.${layer}.`;
  // Halves of a head side by side: 0, 32, 1, 33, … of 64.
  const order = Array.from({ length: headDim }, (_, i) => (i % 2) * (headDim / 2) + (i >> 1));
  const paired = (row: number) => (family === 'llama' ? row : row - (row % headDim) + order.indexOf(row % headDim));
  const same = (row: number) => row;
  const places: Record<string, readonly [string, (row: number) => number]> = {
    attn_q: [`${at}qkv`, paired],
    attn_k: [`${at}qkv`, (row) => hidden + paired(row)],
    attn_v: [`${at}qkv`, (row) => hidden + kvHeads * headDim + row],
    attn_output: [`${at}o`, same],
    ffn_gate: [`${at}gu`, (row) => 2 * (row - (row % 4)) + (row % 4)],
    ffn_up: [`${at}gu`, (row) => 2 * (row - (row % 4)) + (row % 4) + 4],
    ffn_down: [`${at}down`, same],
  };
  return places[part ?? ''] ?? [name === 'output.weight' ? 'head' : 'emb', same];
}

describe('a converted file', () => {
  it('that ggml’s own package wrote has every weight as that package reads it', async () => {
    const arrays = arraysOf(await convert(arraySource(TINY)));
    const { tensors } = await openGguf(arraySource(TINY));
    const sides = { ...SIDES, hidden: 64, heads: 2, kvHeads: 1 };
    const vectors: Record<string, string> = {
      'output_norm.weight': 'norm',
      'blk.0.attn_norm.weight': 'layers.0.n1',
      'blk.0.ffn_norm.weight': 'layers.0.n2',
    };
    for (const [name, expected] of Object.entries(tiny)) {
      const [packed, column] = placeOf(name, 'llama', sides);
      const rows = tensors.get(name)?.dimensions[1] ?? 0;
      const weights = vectors[name] ? floatsOf(arrays.get(vectors[name])) : rowsOf(arrays.get(packed), rows, column);
      expect(digest(weights), name).toBe(expected);
    }
  });

  it.each([
    ...[...BLOCK_TYPES.keys()].map((all) => ({ family: 'llama' as const, types: { all } as Types })),
    { family: 'llama' as const, types: { all: 'Q4_K', attn_v: 'Q6_K', token_embd: 'Q6_K' } as Types },
    { family: 'qwen2' as const, types: { all: 'Q4_0', attn_k: 'Q8_0', attn_v: 'Q4_1', output: 'Q6_K' } as Types },
    { family: 'qwen3' as const, types: { all: 'Q5_K', ffn_up: 'Q5_0', attn_q: 'Q4_1', token_embd: 'Q8_0' } as Types },
  ])('of $family in $types has every weight as the file means it, where the kernels look for it', async ({ family, types }) => {
    const { metadata, tensors } = smallModel(family, types, family !== 'qwen2');
    const arrays = arraysOf(await convert(arraySource(writeGguf({ metadata, tensors }))));
    const matrices = tensors.flatMap((tensor) => {
      const type = BLOCK_TYPES.get(tensor.type);
      return type ? [{ ...tensor, weights: dequantise(tensor.bytes, type) }] : [];
    });
    expect(matrices.length).toBe(2 * 7 + (family === 'qwen2' ? 2 : 1));
    for (const { name, dimensions, weights } of matrices) {
      const [packed, column] = placeOf(name, family, SIDES);
      const read = rowsOf(arrays.get(packed), dimensions[1] ?? 0, column);
      expect(
        read.findIndex((value, i) => value !== weights[i]),
        name,
      ).toBe(-1);
    }
    const plain = (name: string) => floatsOf(tensors.find((each) => each.name === name)?.bytes);
    expect(floatsOf(arrays.get('norm'))).toEqual(plain('output_norm.weight'));
    expect(floatsOf(arrays.get('layers.1.n2'))).toEqual(plain('blk.1.ffn_norm.weight'));
    if (family === 'qwen2') {
      const bias = floatsOf(arrays.get('layers.1.qkv_bias'));
      for (const part of ['q', 'k', 'v']) {
        const [, column] = placeOf(`blk.1.attn_${part}.weight`, family, SIDES);
        const values = plain(`blk.1.attn_${part}.bias`);
        expect(values.map((_, i) => bias[column(i)] ?? Number.NaN)).toEqual(values);
      }
    }
    if (family === 'qwen3') {
      const [, column] = placeOf('blk.0.attn_q.weight', family, SIDES);
      const values = plain('blk.0.attn_k_norm.weight');
      const norm = floatsOf(arrays.get('layers.0.k_norm'));
      expect(values.map((_, i) => norm[column(i)] ?? Number.NaN)).toEqual(values);
    }
  });

  it('says in its configuration what web-llm needs, and ends with the list of its weights', async () => {
    const files = await convert(arraySource(TINY));
    const json = (name: string) =>
      JSON.parse(new TextDecoder().decode(files.find(({ path: each }) => each === `resolve/main/${name}`)?.bytes));
    expect(json('mlc-chat-config.json')).toMatchObject({
      ...{ vocab_size: 288, context_window_size: 64, prefill_chunk_size: 32 },
      conv_template: { seps: ['<|im_end|>\n', '<|im_end|>\n'] },
      model_config: { hidden_size: 64, head_dim: 32, tie_word_embeddings: true },
    });
    expect(json('tokenizer.json').added_tokens).toHaveLength(3);
    expect(files.at(-1)?.path).toBe('resolve/main/tensor-cache.json');
    expect(json('tensor-cache.json').metadata.ParamSize).toBe(8);
  });

  it('is read once, in pieces, and tells how far it is', async () => {
    let mostHeld = 0;
    let read = 0;
    const source: ByteSource = {
      size: TINY.length,
      read: async (offset, length) => {
        mostHeld = Math.max(mostHeld, offset === 0 ? 0 : length);
        read += length;
        return TINY.slice(offset, offset + length);
      },
    };
    const seen: ConversionProgress[] = [];
    await convert(source, (progress) => seen.push(progress));
    const { weightBytes } = (await openGguf(arraySource(TINY))).sizes;
    expect(read).toBe(TINY.length + weightBytes);
    expect(seen.every(({ readBytes }, i) => readBytes > (seen[i - 1]?.readBytes ?? 0))).toBe(true);
    expect(seen.at(-1)).toEqual({ readBytes: weightBytes, totalBytes: weightBytes });
    expect(mostHeld).toBeLessThanOrEqual(1 << 20);
  });

  it('comes in shards of at most 32 MiB, or of one array', async () => {
    const wide = smallModel('llama', { all: 'Q8_0' });
    const tokens = 1 << 17;
    const bytes = new Uint8Array((256 / 32) * 34 * tokens);
    wide.tensors = wide.tensors.map(
      (tensor): Tensor => (tensor.name === 'token_embd.weight' ? { ...tensor, dimensions: [256, tokens], bytes } : tensor),
    );
    const names = Array.from({ length: tokens }, (_, i) => `t${i}`);
    wide.metadata.set('tokenizer.ggml.tokens', ['strings', names]);
    wide.metadata.set('tokenizer.ggml.token_type', ['i32s', names.map(() => 1)]);
    wide.metadata.set('tokenizer.ggml.merges', ['strings', []]);
    const files = await convert(arraySource(writeGguf(wide)));
    const shards = files.filter(({ path: each }) => each.endsWith('.bin'));
    expect(shards.map((shard) => shard.bytes.length > 32 << 20)).toEqual([true, false]);
    const emb = arraysOf(files).get('emb');
    expect([...new Uint32Array(emb?.buffer ?? new ArrayBuffer(0), 0, 8)].slice(6)).toEqual([256, tokens]);
  });

  it('stops within one piece when it is asked to', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    let after = 0;
    const attempt = convert(
      arraySource(TINY),
      () => {
        after++;
        controller.abort(reason);
      },
      controller.signal,
    );
    await expect(attempt).rejects.toBe(reason);
    expect(after).toBe(1);
  });

  it('whose weights are not finite is refused, and was not listed as whole', async () => {
    const model = smallModel('llama', { all: 'Q4_0' });
    const spoilt = model.tensors.find(({ name }) => name === 'blk.1.ffn_down.weight');
    spoilt?.bytes.fill(0x7f, 0, 2);
    const files: string[] = [];
    const opened = await openGguf(arraySource(writeGguf(model)));
    const { code, message } = await refusalOf(async () => {
      for await (const file of convertGguf(opened, LIBRARY, () => {}, new AbortController().signal)) files.push(file.path);
    });
    expect([code, message.includes('not a finite number')]).toEqual(['gguf-invalid', true]);
    expect(files).not.toContain('resolve/main/tensor-cache.json');
  });
});
