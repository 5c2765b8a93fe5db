/**
 * The roofline of a forward: one kernel that puts n rows through as many weights as the model multiplies, once, and does nothing
 * else. No norm, no attention, no activation, one dispatch; weights packed as the library packs them, each thread summing up in
 * the same order. What a forward takes longer is what the rest of it costs.
 */

/** How the kernel is cut: rows and blocks of four columns that a thread owns, threads of a workgroup, and whether subgroups share what they read. */
export interface Tile {
  readonly rows: number;
  readonly quads: number;
  readonly threads: number;
  readonly subgroups: boolean;
}

/** A matrix [inner, columns] that stands for all matrices of a model. */
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

/** The matrices of a Llama-style model, reshaped into one of the same size whose inner dimension is the hidden one. */
export function weightsOf(config: ModelConfig): Weights {
  const { hidden_size: hidden, num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim } = config;
  const layer = hidden * (heads + 2 * kvHeads) * dim + heads * dim * hidden + 3 * hidden * config.intermediate_size;
  return { inner: hidden, columns: config.vocab_size + (config.num_hidden_layers * layer) / hidden };
}

export function tileName({ rows, quads, threads, subgroups }: Tile): string {
  return `${rows} rows × ${4 * quads} columns a thread, ${threads} threads${subgroups ? ', subgroups' : ''}`;
}

/** Tiles that divide the matrix evenly and leave few threads without a row, in both forms where the device has subgroups. */
export function tiles(weights: Weights, rows: number, features: GPUSupportedFeatures): Tile[] {
  const counts = [...new Set((rows < 9 ? [1, 2, 3, 5] : [3, 5, 9]).map((count) => Math.min(count, rows)))];
  const forms = features.has('subgroups') ? [false, true] : [false];
  return forms.flatMap((subgroups) =>
    counts.flatMap((count) =>
      [1, 2, 4].flatMap((quads) =>
        [16, 32, 64]
          .filter((threads) => weights.columns % (threads * quads * 4) === 0)
          .map((threads) => ({ rows: count, quads, threads, subgroups })),
      ),
    ),
  );
}

const each = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** WGSL of y [n, columns] = x [n, inner] times w, packed bfloat16 [inner / 4, columns / 4, 2, 4]. */
function source({ inner, columns }: Weights, { rows, quads, threads, subgroups }: Tile): string {
  const read = (r: number) =>
    subgroups
      ? `let own = x[at${r} * ${inner}u + k * 4u + place % 4u];
      let v = vec4(${each(4, (c) => `subgroupBroadcast(own, ${c}u),`)});`
      : `let v = x[at${r} * ${inner / 4}u + k];`;
  return `${subgroups ? 'enable subgroups;' : ''}
@group(0) @binding(0) var<storage, read> x: array<${subgroups ? 'f32' : 'vec4<f32>'}>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>, ${(inner * columns) / 8}>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> n: u32;
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  ${subgroups ? '@builtin(subgroup_invocation_id) place: u32,' : ''}
) {
  let quad = (group.x * ${threads}u + lane) * ${quads}u;
  ${each(rows, (r) => `let at${r} = min(group.y * ${rows}u + ${r}u, n - 1u); ${each(quads, (q) => `var acc${r}_${q} = vec4<f32>();`)}`)}
  for (var k = 0u; k < ${inner / 4}u; k++) {
    ${each(
      quads,
      (q) => `
    let low${q} = w[(k * ${columns / 4}u + quad + ${q}u) * 2u];
    let high${q} = w[(k * ${columns / 4}u + quad + ${q}u) * 2u + 1u];
    let w${q}_0 = bitcast<vec4<f32>>(low${q} << vec4(16u));
    let w${q}_1 = bitcast<vec4<f32>>(low${q} & vec4(0xffff0000u));
    let w${q}_2 = bitcast<vec4<f32>>(high${q} << vec4(16u));
    let w${q}_3 = bitcast<vec4<f32>>(high${q} & vec4(0xffff0000u));`,
    )}
    ${each(
      rows,
      (r) => `{
      ${read(r)}
      ${each(quads, (q) => `acc${r}_${q} = fma(vec4(v.w), w${q}_3, fma(vec4(v.z), w${q}_2, fma(vec4(v.y), w${q}_1, fma(vec4(v.x), w${q}_0, acc${r}_${q}))));`)}
    }`,
    )}
  }
  ${each(rows, (r) => each(quads, (q) => `y[at${r} * ${columns / 4}u + quad + ${q}u] = acc${r}_${q};`))}
}`;
}

/** A roofline kernel that is ready to run. */
export interface Roofline {
  readonly tile: Tile;
  /** Adds `times` passes over all weights, each after the other. */
  encode(encoder: GPUCommandEncoder, times: number): void;
}

/** Rooflines of one model for one number of rows, and the buffers that their tiles share. */
export class RooflineKernels {
  readonly #device: GPUDevice;
  readonly #weights: Weights;
  readonly #rows: number;
  readonly #buffers: GPUBuffer[];

  constructor(device: GPUDevice, weights: Weights, rows: number) {
    this.#device = device;
    this.#weights = weights;
    this.#rows = rows;
    const made = (values: Float32Array | Uint32Array, usage: number) => {
      const buffer = device.createBuffer({ size: values.byteLength, usage, mappedAtCreation: true });
      new Uint32Array(buffer.getMappedRange()).set(new Uint32Array(values.buffer));
      buffer.unmap();
      return buffer;
    };
    // Small values of mixed sign: no product may become infinite or subnormal, which is slower on some processors.
    const small = (_: unknown, i: number) => ((i * 7919) % 1009) / 4036 - 0.125;
    const packed = new Uint32Array(Float32Array.from({ length: (weights.inner * weights.columns) / 2 }, small).buffer);
    this.#buffers = [
      made(Float32Array.from({ length: rows * weights.inner }, small), GPUBufferUsage.STORAGE),
      made(
        packed.map((bits) => (bits & 0xffff0000) | (bits >>> 16)),
        GPUBufferUsage.STORAGE,
      ),
      device.createBuffer({ size: rows * weights.columns * 4, usage: GPUBufferUsage.STORAGE }),
      made(Uint32Array.of(rows), GPUBufferUsage.UNIFORM),
    ];
  }

  async compile(tile: Tile): Promise<Roofline> {
    const pipeline = await this.#device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: this.#device.createShaderModule({ code: source(this.#weights, tile) }) },
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

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}
