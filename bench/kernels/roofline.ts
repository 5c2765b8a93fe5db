/**
 * The roofline of a forward: one kernel that puts n rows through as many weights as the model multiplies, once, and does nothing
 * else. No norm, no attention, no activation, one dispatch; weights packed as the library packs them, each thread summing up in
 * the same order. What a forward takes longer is what the rest of it costs. Other ways to store weights are here to be compared.
 */

import { groupedSource, packGrouped } from './grouped';
import { add, each, opening } from './shader';

/** How weights are stored: 16-byte words of a block of four inner by four outer places, and WGSL that makes vectors w0 to w3 of four columns of them. */
interface Form {
  readonly words: 1 | 2;
  readonly read: string;
  /** What a column's scale is multiplied by; null if there are no scales. */
  readonly factor: number | null;
  /** Writes the whole number `value` at (`i`, `c`) of block `block`. */
  write(bytes: Int8Array, block: number, i: number, c: number, value: number): void;
}

/** Of whole numbers that stand for weights, whatever the form. */
const SCALE = 2 ** -10;

export const FORMS = {
  // Lower bytes stay in as a fraction, which the packing takes into account: as near to the weight as a byte alone is.
  'int8, fraction kept': {
    words: 1,
    read: `
      let word = bitcast<vec4<i32>>(word0);
      let w0 = vec4<f32>(word << vec4(24u));
      let w1 = vec4<f32>(word << vec4(16u));
      let w2 = vec4<f32>(word << vec4(8u));
      let w3 = vec4<f32>(word);`,
    factor: 2 ** -24,
    write: (bytes, block, i, c, value) => {
      const at = block * 16 + c * 4 + i;
      bytes[at] = i > 0 && (bytes[at - 1] as number) < 0 ? value - 1 : value;
    },
  },
  'int8, shifts': {
    words: 1,
    read: `
      let word = bitcast<vec4<i32>>(word0);
      let w0 = vec4<f32>((word << vec4(24u)) >> vec4(24u));
      let w1 = vec4<f32>((word << vec4(16u)) >> vec4(24u));
      let w2 = vec4<f32>((word << vec4(8u)) >> vec4(24u));
      let w3 = vec4<f32>(word >> vec4(24u));`,
    factor: 1,
    write: (bytes, block, i, c, value) => {
      bytes[block * 16 + c * 4 + i] = value;
    },
  },
  'int8, unpack4xI8': {
    words: 1,
    read: [0, 1, 2, 3].map((place) => `let w${place} = vec4<f32>(unpack4xI8(word0[${place}]));`).join('\n'),
    factor: 1,
    write: (bytes, block, i, c, value) => {
      bytes[block * 16 + i * 4 + c] = value;
    },
  },
  bfloat16: {
    words: 2,
    read: `
      let w0 = bitcast<vec4<f32>>(word0 << vec4(16u));
      let w1 = bitcast<vec4<f32>>(word0 & vec4(0xffff0000u));
      let w2 = bitcast<vec4<f32>>(word1 << vec4(16u));
      let w3 = bitcast<vec4<f32>>(word1 & vec4(0xffff0000u));`,
    factor: null,
    write: (bytes, block, i, c, value) => {
      const at = block * 32 + (i >> 1) * 16 + c * 4 + (i & 1) * 2;
      new DataView(bytes.buffer).setInt16(at, new DataView(Float32Array.of(value * SCALE).buffer).getInt16(2, true), true);
    },
  },
} as const satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;
/** Weights in groups, which are read in a way of their own (grouped.ts). */
const GROUPED = { 'groups of 4 bits': 4, 'groups of 8 bits': 8 } as const;
export type RooflineForm = FormName | keyof typeof GROUPED;
/** As the library packs them. */
export const SHIPPED: FormName = 'int8, fraction kept';

/** How the kernel is cut: rows and blocks of four columns that a thread owns, threads of a workgroup, and whether subgroups share what they read. */
export interface Tile {
  readonly rows: number;
  readonly quads: number;
  readonly threads: number;
  readonly subgroups: boolean;
}

/** A matrix [inner, columns] that stands for all matrices of a model that have one form. */
export interface Weights {
  readonly inner: number;
  readonly columns: number;
}

export interface ModelConfig {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly vocab_size: number;
}

/** A part of what a model multiplies. */
export interface Part {
  readonly weights: Weights;
  readonly form: RooflineForm;
}

/** An array of the model's folder, as its tensor-cache.json lists it. */
export interface ArrayRecord {
  readonly name: string;
  readonly nbytes: number;
}

/** Sides of each matrix of a layer of a Llama-style model, and of its head. */
function sidesOf(config: ModelConfig): Readonly<Record<string, readonly [inner: number, columns: number]>> {
  const { hidden_size: hidden, num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim, vocab_size } = config;
  const feedForward = config.intermediate_size;
  return {
    qkv: [hidden, (heads + 2 * kvHeads) * dim],
    o: [heads * dim, hidden],
    gu: [hidden, 2 * feedForward],
    down: [feedForward, hidden],
    head: [hidden, vocab_size],
  };
}

/**
 * What a model multiplies every row with, the matrices of each form reshaped into one whose inner dimension is the hidden one.
 *
 * @param head whether the head is among them, as where each row has logits
 */
export function partsOf(config: ModelConfig, grouped: boolean, records: readonly ArrayRecord[], head: boolean): Part[] {
  const sides = sidesOf(config);
  const counts = new Map<RooflineForm, number>();
  const tied = !records.some(({ name }) => /^head(\.\d+)?$/.test(name));
  for (const { name, nbytes } of records) {
    const [kind = ''] = name.replace(/^layers\.\d+\./, '').split('.');
    const matrix = kind === 'emb' && tied ? 'head' : kind;
    const [inner, columns] = sides[matrix] ?? [0, 0];
    if (inner === 0 || (matrix === 'head' && !head)) continue;
    const form: RooflineForm = !grouped ? SHIPPED : nbytes < inner * columns ? 'groups of 4 bits' : 'groups of 8 bits';
    counts.set(form, (counts.get(form) ?? 0) + inner * columns);
  }
  return [...counts].map(([form, count]) => ({ form, weights: { inner: config.hidden_size, columns: count / config.hidden_size } }));
}

export function tileName({ rows, quads, threads, subgroups }: Tile): string {
  return `${rows} rows × ${4 * quads} columns a thread, ${threads} threads${subgroups ? ', subgroups' : ''}`;
}

/** Tiles that divide the matrix evenly and leave few threads without a row, in both forms where the device has subgroups. */
export function tiles({ weights, form }: Part, rows: number, features: GPUSupportedFeatures): Tile[] {
  // Grouped weights are many: what is never the fastest of them is left out.
  const most = isGrouped(form) ? (rows < 9 ? [1, 5] : [5, 9]) : rows < 9 ? [1, 2, 3, 5] : [3, 5, 9];
  const counts = [...new Set(most.map((count) => Math.min(count, rows)))];
  const forms = features.has('subgroups') ? [false, true] : [false];
  return forms.flatMap((subgroups) =>
    counts.flatMap((count) =>
      (isGrouped(form) ? [4] : [1, 2, 4]).flatMap((quads) =>
        (isGrouped(form) ? [32] : [16, 32, 64])
          .filter((threads) => weights.columns % (threads * quads * 4) === 0)
          .map((threads) => ({ rows: count, quads, threads, subgroups })),
      ),
    ),
  );
}

/** WGSL of y [n, columns] = x [n, inner] times w, blocks of four by four places [inner / 4, columns / 4], followed by the columns' scales. */
function source({ inner, columns }: Weights, { words, read, factor }: Form, tile: Tile): string {
  const { rows, quads, subgroups } = tile;
  const [blocks, fours] = [inner / 4, columns / 4];
  const readRow = (r: number) =>
    subgroups
      ? `let own${r} = x[at${r} * ${inner}u + k * 4u + place % 4u];
      let v${r} = vec4(${each(4, (c) => `subgroupBroadcast(own${r}, ${c}u),`)});`
      : `let v${r} = x[at${r} * ${blocks}u + k];`;
  const scale = (q: number) =>
    factor === null ? '' : `let scale${q} = bitcast<vec4<f32>>(w[${blocks * fours * words}u + quad + ${q}u]) * ${factor.toExponential()}f;`;
  return `${opening(tile, `array<vec4<u32>, ${(blocks * words + 1) * fours}>`)}
  for (var k = 0u; k < ${blocks}u; k++) {
    ${each(rows, readRow)}
    ${each(
      quads,
      (q) => `{
      ${each(words, (h) => `let word${h} = w[(k * ${fours}u + quad + ${q}u) * ${words}u + ${h}u];`)}
      ${read}
      ${each(rows, (r) => add(`acc${r}_${q}`, r))}
    }`,
    )}
  }
  ${each(quads, scale)}
  ${each(rows, (r) => each(quads, (q) => `y[at${r} * ${fours}u + quad + ${q}u] = acc${r}_${q}${factor === null ? '' : ` * scale${q}`};`))}
}`;
}

/** The same matrix in every form: whole numbers up to 127, which all of them hold, the one that keeps fractions within half a step. */
function pack({ inner, columns }: Weights, form: Form): Uint32Array<ArrayBuffer> {
  const fours = columns / 4;
  const size = inner * columns * form.words;
  const bytes = new Int8Array(size + 4 * columns);
  for (let i = 0; i < inner; i++) {
    for (let c = 0; c < columns; c++) {
      form.write(bytes, (i >> 2) * fours + (c >> 2), i & 3, c & 3, (((i * 31 + c) * 7919) % 255) - 127);
    }
  }
  new Float32Array(bytes.buffer, size).fill(SCALE);
  return new Uint32Array(bytes.buffer);
}

function isGrouped(form: RooflineForm): form is keyof typeof GROUPED {
  return form in GROUPED;
}

/** A roofline kernel that is ready to run. */
export interface Roofline {
  readonly tile: Tile;
  /** Adds `times` passes over all weights, each after the other. */
  encode(encoder: GPUCommandEncoder, times: number): void;
}

/** Rooflines of one model for one number of rows and one form of weights, and the buffers that their tiles share. */
export class RooflineKernels {
  readonly #device: GPUDevice;
  readonly #weights: Weights;
  readonly #rows: number;
  readonly #form: RooflineForm;
  readonly #y: GPUBuffer;
  readonly #buffers: readonly GPUBuffer[];

  constructor(device: GPUDevice, { weights, form }: Part, rows: number) {
    this.#device = device;
    this.#weights = weights;
    this.#rows = rows;
    this.#form = form;
    const made = (values: Float32Array | Uint32Array, usage: number) => {
      const buffer = device.createBuffer({ size: values.byteLength, usage, mappedAtCreation: true });
      new Uint32Array(buffer.getMappedRange()).set(new Uint32Array(values.buffer));
      buffer.unmap();
      return buffer;
    };
    // Small values of mixed sign: no product may become infinite or subnormal, which is slower on some GPUs.
    const x = Float32Array.from({ length: rows * weights.inner }, (_, i) => ((i * 7919) % 1009) / 4036 - 0.125);
    this.#y = device.createBuffer({
      size: rows * weights.columns * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#buffers = [
      made(x, GPUBufferUsage.STORAGE),
      made(isGrouped(form) ? packGrouped(weights, GROUPED[form]) : pack(weights, FORMS[form]), GPUBufferUsage.STORAGE),
      this.#y,
      made(Uint32Array.of(rows), GPUBufferUsage.UNIFORM),
    ];
  }

  async compile(tile: Tile): Promise<Roofline> {
    const [weights, form] = [this.#weights, this.#form];
    const code = isGrouped(form) ? groupedSource(weights, GROUPED[form], tile) : source(weights, FORMS[form], tile);
    const pipeline = await this.#device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: this.#device.createShaderModule({ code }) },
    });
    const bindGroup = this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: this.#buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    return {
      tile,
      encode: (encoder, times) => {
        for (let i = 0; i < times; i++) {
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, bindGroup);
          pass.dispatchWorkgroups(this.#weights.columns / (4 * tile.quads * tile.threads), Math.ceil(this.#rows / tile.rows));
          pass.end();
        }
      },
    };
  }

  /** What `kernel` computes, [rows, columns]. */
  async output(kernel: Roofline): Promise<Float32Array> {
    const { size } = this.#y;
    const back = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = this.#device.createCommandEncoder();
    encoder.clearBuffer(this.#y);
    kernel.encode(encoder, 1);
    encoder.copyBufferToBuffer(this.#y, 0, back, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await back.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(back.getMappedRange().slice(0));
    back.destroy();
    return values;
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}
