import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../../../src/formats/gguf/header';
import { arraySource, blobSource } from '../../../src/formats/gguf/source';
import { type Contents, type Value, writeGguf } from '../../support/gguf/file';
import { refusalOf } from '../../support/gguf/refusal';

const TINY = new Uint8Array(fs.readFileSync(path.resolve(import.meta.dirname, '../../fixtures/gguf/tiny.gguf')));
const tensor = (name: string, offset = 0) => ({ name, dimensions: [32, 2], type: 'Q4_0', bytes: new Uint8Array(36 + offset) });

function file(changes: Partial<Contents> = {}): Uint8Array<ArrayBuffer> {
  const metadata = new Map<string, Value>([
    ['name', ['string', 'Größe']],
    ['count', ['u32', 7]],
    ['long', ['u64', 2 ** 40]],
    ['flag', ['bool', true]],
    ['real', ['f32', 0.5]],
    ['names', ['strings', ['a', '']]],
    ['numbers', ['i32s', [3, -1]]],
  ]);
  return writeGguf({ metadata, tensors: [tensor('a'), tensor('b')], ...changes });
}

/** `bytes` with the 64-bit number (or of so many bytes) at `at` in place of what was there. */
function patched(bytes: Uint8Array, at: number, value: bigint, width = 8): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < width; i++) copy[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  return copy;
}

/** Where `text` stands in `bytes`. */
function find(bytes: Uint8Array, text: string): number {
  return Buffer.from(bytes).indexOf(text);
}

describe('the header of a GGUF file', () => {
  it('that ggml’s own package wrote is read: metadata, tensors, where they lie', async () => {
    const { metadata, tensors } = await readHeader(arraySource(TINY));
    expect(metadata.get('general.name')).toBe('Tiny');
    expect(metadata.get('llama.rope.freq_base')).toBe(10000);
    expect(metadata.get('tokenizer.ggml.add_bos_token')).toBe(false);
    expect(metadata.get('tokenizer.ggml.tokens')).toHaveLength(288);
    expect(tensors.size).toBe(11);
    expect(tensors.get('blk.0.attn_k.weight')).toMatchObject({ dimensions: [64, 32], type: { name: 'Q4_1' }, bytes: 64 * 20 });
    const ends = [...tensors.values()].map(({ offset, bytes }) => offset + bytes);
    expect(Math.max(...ends)).toBeLessThanOrEqual(TINY.length);
  });

  it.each([2, 3])('of version %i gives every kind of value', async (version) => {
    const { metadata } = await readHeader(arraySource(file({ version })));
    expect(Object.fromEntries(metadata)).toEqual({
      ...{ name: 'Größe', count: 7, long: 2 ** 40, flag: true, real: 0.5, names: ['a', ''] },
      numbers: Float64Array.of(3, -1),
    });
  });

  it('is read piece by piece, of a chosen file too, and no more than it takes', async () => {
    const strings = Array.from({ length: 90_000 }, (_, i) => `token number ${i}`);
    const bytes = writeGguf({ metadata: new Map([['tokens', ['strings', strings]]]), tensors: [tensor('a', 5 << 20)] });
    const source = blobSource(new Blob([bytes]));
    let most = 0;
    const watched = {
      size: source.size,
      read: (offset: number, length: number) => {
        most = Math.max(most, offset + length);
        return source.read(offset, length);
      },
    };
    expect((await readHeader(watched)).metadata.get('tokens')).toEqual(strings);
    expect(most).toBeLessThan(5 << 20);
  });

  it('that is cut anywhere is refused as cut short', async () => {
    const whole = file();
    for (let length = 0; length < whole.length - 20; length += 3) {
      const { code, hint } = await refusalOf(() => readHeader(arraySource(whole.slice(0, length))));
      expect([code, hint]).toEqual(['gguf-invalid', 'Download the file again, or choose another one.']);
    }
  });

  const name = find(file(), 'name');
  const names = find(file(), 'names');
  // Of tensor b: its name, then rank, two sides, type and offset.
  const second = find(file(), 'b\u0002');
  it.each([
    { what: 'other first bytes', bytes: patched(file(), 0, 0x46464952n, 4), says: 'not those of a GGUF file' },
    { what: 'a count of metadata that cannot be', bytes: patched(file(), 16, 2n ** 63n), says: '9223372036854775808' },
    { what: 'many metadata', bytes: patched(file(), 16, 2n ** 32n), says: 'its metadata would be 4294967296' },
    { what: 'many tensors', bytes: patched(file(), 8, 2n ** 40n), says: 'its tensors would be' },
    { what: 'a name longer than the file', bytes: patched(file(), name - 8, 1000n), says: 'in the middle of' },
    { what: 'a very long name', bytes: patched(file(), name - 8, 2n ** 50n), says: 'bytes long' },
    { what: 'a value of a type that does not exist', bytes: patched(file(), name + 4, 13n, 4), says: 'type 13' },
    { what: 'a list of a type that does not exist', bytes: patched(file(), names + 9, 99n, 4), says: 'type 99' },
    {
      what: 'a list longer than the file',
      bytes: patched(file(), names + 13, 100_000n),
      says: 'more than it has room for; it may be cut short',
    },
    { what: 'a very long list', bytes: patched(file(), names + 13, 2n ** 52n), says: 'entries' },
    { what: 'a name that is not UTF-8', bytes: patched(file(), find(file(), 'Größe') + 2, 0xffn, 1), says: 'not UTF-8' },
    { what: 'a tensor twice', bytes: file({ tensors: [tensor('a'), tensor('a')] }), says: 'tensor "a" twice' },
    { what: 'a tensor outside', bytes: patched(file(), second + 25, 2n ** 33n), says: 'it may be cut short' },
    { what: 'tensors that overlap', bytes: patched(file(), second + 25, 0n), says: 'overlap' },
    { what: 'an offset that is not aligned', bytes: patched(file(), second + 25, 63n), says: 'not aligned' },
    { what: 'too many dimensions', bytes: patched(file(), second + 1, 5n, 4), says: '5 dimensions' },
    { what: 'no weights', bytes: patched(file(), second + 5, 0n), says: 'would have 0 × 2 weights' },
    { what: 'rows of no whole blocks', bytes: patched(file(), second + 5, 31n), says: 'no whole blocks of Q4_0' },
    { what: 'sides whose product is past counting', bytes: patched(file(), second + 5, 2n ** 53n - 32n), says: 'weights' },
    { what: 'an alignment of nothing', bytes: file({ metadata: new Map([['general.alignment', ['u32', 0]]]) }), says: 'alignment' },
  ])('with $what is refused', async ({ bytes, says }) => {
    const { code, message } = await refusalOf(() => readHeader(arraySource(bytes)));
    expect(code).toBe('gguf-invalid');
    expect(message).toContain(says);
  });

  it.each([
    { what: 'version 1', bytes: file({ version: 1 }), says: 'version 1' },
    { what: 'the byte order of other machines', bytes: file({ version: 0x03000000 }), says: 'big-endian' },
    { what: 'a type from the future', bytes: patched(file(), second + 21, 99n, 4), says: 'type 99' },
  ])('of $what is refused with what to choose', async ({ bytes, says }) => {
    const { code, message, hint } = await refusalOf(() => readHeader(arraySource(bytes)));
    expect(code).toBe('gguf-unsupported');
    expect(message).toContain(says);
    expect(hint).toMatch(/^Choose /);
  });

  it('whose lists nest without end is refused', async () => {
    const inner = new Uint8Array(12 * 50_000);
    for (let at = 0; at < inner.length; at += 12) inner.set([9, 0, 0, 0, 1], at);
    const head = writeGguf({ metadata: new Map([['names', ['strings', []]]]), tensors: [] });
    const bytes = Uint8Array.from([...head.slice(0, find(head, 'names') + 9), ...inner]);
    expect((await refusalOf(() => readHeader(arraySource(bytes)))).message).toContain('an array in more than');
  });

  it('of a file that can no longer be read says so', async () => {
    const gone = { size: 1000, read: () => Promise.reject(new Error('NotReadableError')) };
    const shorter = { size: 1000, read: async () => new Uint8Array(10) };
    for (const source of [gone, shorter]) {
      const { code, message, hint } = await refusalOf(() => readHeader(source));
      expect([code, hint]).toEqual(['gguf-invalid', 'It may have been moved or changed. Choose the file again.']);
      expect(message).toContain('could not be read');
    }
  });

  it('is not read after a stop', async () => {
    const reason = new Error('stopped');
    await expect(readHeader(arraySource(file()), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
