import type { BlockType } from '../gguf/blocks';
import { half } from '../gguf/floats';
import { invalid } from './refusals';
import type { Stored } from './tensors';

/**
 * MLC's q4f16_1 and q4f32_1 as blocks (mlc-llm, quantization/group_quantization.py, layout NK): each row has, for every 32 weights, a scale and four words of
 * eight nibbles, the first in the lowest bits; w = scale * (nibble - 7). A block is the scale as a float32, then the sixteen bytes of the words.
 */
export const MLC_GROUP: BlockType = {
  ...{ name: 'q4f_1', weights: 32, bytes: 20, bits: 4, group: 32, zero: 7 },
  read(bytes, at, codes, codeAt, scales, offsets, groupAt) {
    WORD.set(bytes.subarray(at, at + 4));
    const scale = FLOAT[0] ?? 0;
    scales[groupAt] = scale;
    offsets[groupAt] = -7 * scale;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 4 + i] ?? 0;
      codes[codeAt + 2 * i] = byte & 15;
      codes[codeAt + 2 * i + 1] = byte >> 4;
    }
  },
};
const WORD = new Uint8Array(4);
const FLOAT = new Float32Array(WORD.buffer);

/**
 * Rows of words and of scales as blocks, side by side.
 *
 * @param words sixteen bytes for each group
 * @param scales one number for each group, stored as `stored`
 * @throws FailureError manifest-invalid where a scale is not finite
 */
export function blocksOf(words: Uint8Array, scales: Uint8Array, stored: Stored): Uint8Array {
  const numbers = readNumbers(scales, stored);
  const blocks = new Uint8Array(numbers.length * MLC_GROUP.bytes);
  const view = new DataView(blocks.buffer);
  for (const [group, scale] of numbers.entries()) {
    view.setFloat32(group * MLC_GROUP.bytes, scale, true);
    blocks.set(words.subarray(16 * group, 16 * group + 16), group * MLC_GROUP.bytes + 4);
  }
  return blocks;
}

/** Numbers stored as `stored`. @throws FailureError manifest-invalid where one is not finite */
export function readNumbers(bytes: Uint8Array, stored: Stored): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = new Float32Array(bytes.length / (stored === 'f32' ? 4 : 2));
  const bits = new Uint32Array(numbers.buffer);
  for (let i = 0; i < numbers.length; i++) {
    if (stored === 'f16') numbers[i] = half(bytes, 2 * i);
    else bits[i] = stored === 'bf16' ? view.getUint16(2 * i, true) << 16 : view.getUint32(4 * i, true);
    if (!Number.isFinite(numbers[i])) throw invalid('one of its numbers is not finite');
  }
  return numbers;
}
