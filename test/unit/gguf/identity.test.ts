import { describe, expect, it } from 'vitest';
import { arraySource, identityOf, openGguf } from '../../../src/formats/gguf';
import { writeGguf } from '../../support/gguf/file';
import { smallModel } from '../../support/gguf/model';

const MIB = 1 << 20;

/** The small model behind 3 MiB of metadata, and 8 MiB more, so that the file is not read whole. */
async function open() {
  const { metadata, tensors } = smallModel('llama', { all: 'Q4_0' });
  metadata.set('test.long', ['string', 'a'.repeat(3 * MIB)]);
  const written = writeGguf({ metadata, tensors });
  const bytes = new Uint8Array(written.length + 8 * MIB);
  bytes.set(written);
  const opened = await openGguf(arraySource(bytes));
  const weightsAt = Math.min(...[...opened.tensors.values()].map(({ offset }) => offset));
  return { bytes, opened, weightsAt };
}

describe('the identity of a file', () => {
  it('is read in small pieces, and not of all of the file', async () => {
    const { opened } = await open();
    const lengths: number[] = [];
    const read = (offset: number, length: number) => {
      lengths.push(length);
      return opened.source.read(offset, length);
    };
    const identity = await identityOf({ ...opened, source: { ...opened.source, read } });
    expect(identity).toMatch(/^[0-9a-f]{64}$/);
    expect(await identityOf(opened)).toBe(identity);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MIB);
    expect(lengths.reduce((sum, each) => sum + each, 0)).toBeLessThan(opened.source.size - MIB);
  });

  it('is another wherever what stands before the weights differs, in the first weights and in the last', async () => {
    const { bytes, opened, weightsAt } = await open();
    const identity = await identityOf(opened);
    const places = Array.from({ length: 12 }, (_, i) => Math.floor(((weightsAt - 1) * i) / 11));
    for (const place of [...places, weightsAt, bytes.length - 1]) {
      const changed = bytes.slice();
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(await identityOf({ ...opened, source: arraySource(changed) }), `${place}`).not.toBe(identity);
    }
  });
});
