import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_KIND, FLOATS, type GroupedKind, groupedWords, HALVES, SCALES, someNumbers } from '../support/packedWords';
import { download } from './support/buffers';
import { openDevice, withSubgroups } from './support/device';
import { kernelsOf, LibraryKernel } from './support/libraryKernels';

/** Of SmolLM2's hidden side, which every product of its library that adds to a residual has; the inner side is told to a kernel. */
const COLUMNS = 576;
const INNER = 192;
const ROWS = [1, 2, 5, 6, 9, 10, 17];
const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

let device: GPUDevice;

beforeAll(async () => {
  device = await openDevice(withSubgroups);
  device.onuncapturederror = ({ error }) => {
    throw new Error(error.message);
  };
});
afterAll(() => device.destroy());

const asFloat = (word: number) => new Float32Array(Uint32Array.of(word).buffer)[0] as number;
/** A normal float16 from its bits. */
const half = (bits: number) => (bits & 0x8000 ? -1 : 1) * 2 ** (((bits >> 10) & 31) - 15) * (1 + (bits & 1023) / 1024);

const packed = (kind: GroupedKind) => groupedWords(kind, INNER, COLUMNS);

/** The weight at (`row`, `column`) as the layout's text says. */
function weightAt(words: Uint32Array, row: number, column: number): number {
  const [, bits, group, form, factor] = words as unknown as [number, number, number, number, number];
  const per = 32 / bits;
  const word = words[8 + Math.floor(row / per) * COLUMNS + column] as number;
  const code = (word >>> (8 * (row % 4) + (bits === 4 ? 4 * Math.floor((row % 8) / 4) : 0))) & (2 ** bits - 1);
  const base = 8 + (INNER * COLUMNS * bits) / 32;
  const at = Math.floor(row / group) * COLUMNS + column;
  if (form === FLOATS) {
    const quad = base + (Math.floor(row / group) * (COLUMNS / 4) + Math.floor(column / 4)) * 8 + (column % 4);
    return asFloat(words[quad] as number) * code + asFloat(words[quad + 4] as number);
  }
  const scale = words[base + at] as number;
  if (form === SCALES) return asFloat(scale) * (code + asFloat(factor));
  return half(scale & 0xffff) * code + half(scale >>> 16);
}

function upload(data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** As many as the library dispatches side by side: four threads of sixteen columns each. */
const GROUPS = COLUMNS / 64;

/** r + x @ w by `kernel`, of which a workgroup computes up to `tile` rows; `groups` workgroups side by side. */
async function added(
  kernel: LibraryKernel,
  tile: number,
  w: GPUBuffer,
  x: Float32Array<ArrayBuffer>,
  r: Float32Array<ArrayBuffer>,
  groups = GROUPS,
) {
  const rows = x.length / INNER;
  const buffers = { w, x: upload(x), added: upload(r), y: upload(new Float32Array(rows * COLUMNS)) };
  const encoder = device.createCommandEncoder();
  const numbers = { n: rows, inner: INNER, width: COLUMNS, packGridDimX: GROUPS - 1 };
  kernel.dispatch(encoder, buffers, numbers, [groups, Math.ceil(rows / tile)]);
  device.queue.submit([encoder.finish()]);
  const result = new Float32Array(await download(device, buffers.y));
  for (const buffer of [buffers.x, buffers.added, buffers.y]) buffer.destroy();
  return result;
}

for (const variant of ['', '-subgroups']) {
  describe(`products with grouped weights, library smollm2-135m${variant}`, () => {
    let kernels: ReadonlyMap<string, string>;

    beforeAll(async () => {
      const response = await fetch(`/libraries/smollm2-135m${variant}.wasm`);
      kernels = kernelsOf(await response.arrayBuffer());
    });

    it('leaves alone what is beyond its columns, however many workgroups are dispatched', async () => {
      if (variant && !device.features.has('subgroups')) return;
      const w = upload(packed({ bits: 4, group: 32, form: HALVES }));
      const next = someNumbers(8);
      const x = Float32Array.from({ length: 10 * INNER }, () => next() * 2 - 1);
      const r = Float32Array.from({ length: 10 * COLUMNS }, () => next() * 2 - 1);
      const kernel = await LibraryKernel.create(device, kernels.get('added_rows') ?? '');
      const wanted = await added(kernel, 9, w, x, r);
      for (const groups of [GROUPS + 1, 2 * GROUPS, 10 * GROUPS]) expect(await added(kernel, 9, w, x, r, groups)).toEqual(wanted);
      w.destroy();
    });

    it.each(EVERY_KIND)(
      'reads codes of $bits bits in groups of $group, scales of form $form, and gives the same bits for every number of rows',
      async (form) => {
        if (variant && !device.features.has('subgroups')) return;
        const words = packed(form);
        const w = upload(words);
        const next = someNumbers(7);
        const most = Math.max(...ROWS);
        const x = Float32Array.from({ length: most * INNER }, () => next() * 2 - 1);
        const r = Float32Array.from({ length: most * COLUMNS }, () => next() * 2 - 1);
        const row = await LibraryKernel.create(device, kernels.get('added_row') ?? '');
        const several = await LibraryKernel.create(device, kernels.get('added_rows') ?? '');
        const single = await Promise.all(
          Array.from({ length: most }, (_, i) =>
            added(row, 1, w, x.slice(i * INNER, (i + 1) * INNER), r.slice(i * COLUMNS, (i + 1) * COLUMNS)),
          ),
        );
        const weights = Array.from({ length: INNER }, (_, i) => Array.from({ length: COLUMNS }, (_, c) => weightAt(words, i, c)));
        const largest = Math.max(...weights.flat().map(Math.abs));
        for (const [i, values] of single.entries()) {
          for (let c = 0; c < COLUMNS; c += i === 0 ? 1 : 37) {
            let sum = r[i * COLUMNS + c] as number;
            for (let k = 0; k < INNER; k++) sum += (x[i * INNER + k] as number) * (weights[k]?.[c] as number);
            expect(Math.abs((values[c] as number) - sum)).toBeLessThan(2e-6 * INNER * largest);
          }
        }
        for (const rows of ROWS) {
          const values = await added(several, 9, w, x.slice(0, rows * INNER), r.slice(0, rows * COLUMNS));
          for (let i = 0; i < rows; i++) {
            const bits = new Uint32Array(values.slice(i * COLUMNS, (i + 1) * COLUMNS).buffer);
            expect(bits).toEqual(new Uint32Array((single[i] as Float32Array<ArrayBuffer>).buffer));
          }
        }
        w.destroy();
      },
    );
  });
}
