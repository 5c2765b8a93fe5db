/**
 * Measures what 8-bit weights would do to the speed of the target's multiplications: the kernel of the roofline (kernels/roofline.ts)
 * with bfloat16 weights against the same kernel with int8 weights that it turns into float32 as it reads, a scale a column at the end.
 * Each form with its own fastest tile, then all forms in turns.
 *
 *   npm run bench:quantised -- [--repetitions 15]
 */
import { createServer } from 'node:http';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { ensurePackages } from '../scripts/install.mjs';
import { median } from './statistics.mjs';

const { values: options } = parseArgs({ options: { repetitions: { type: 'string', default: '15' } } });
const repetitions = Number(options.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1) {
  console.error(`--repetitions must be a whole number from 1 on, not "${options.repetitions}".`);
  process.exit(2);
}
ensurePackages();
const { chromium } = await import('playwright-core');

const ROWS = [1, 5, 9, 17];
/** The target's matrices but the embedding, which is looked up, as one of as many weights. */
const WEIGHTS = { inner: 256, columns: 20480 };
const BATCH_MS = 150;

/** Of every form: 16-byte words of a block of four inner places by four columns, and WGSL that makes vectors w0 to w3 of four columns of them. */
const FORMS = {
  bfloat16: {
    words: 2,
    read: `
      let w0 = bitcast<vec4<f32>>(word0 << vec4(16u));
      let w1 = bitcast<vec4<f32>>(word0 & vec4(0xffff0000u));
      let w2 = bitcast<vec4<f32>>(word1 << vec4(16u));
      let w3 = bitcast<vec4<f32>>(word1 & vec4(0xffff0000u));`,
  },
  'int8, shifts': {
    words: 1,
    read: `
      let word = bitcast<vec4<i32>>(word0);
      let w0 = vec4<f32>((word << vec4(24u)) >> vec4(24u));
      let w1 = vec4<f32>((word << vec4(16u)) >> vec4(24u));
      let w2 = vec4<f32>((word << vec4(8u)) >> vec4(24u));
      let w3 = vec4<f32>(word >> vec4(24u));`,
  },
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
  },
  'int8, unpack4xI8': {
    words: 1,
    read: [0, 1, 2, 3].map((place) => `let w${place} = vec4<f32>(unpack4xI8(word0[${place}]));`).join('\n'),
  },
};

/** Tiles as those of the roofline: rows and blocks of four columns that a thread owns, and threads of a workgroup. */
function tiles(rows) {
  const counts = [...new Set((rows < 9 ? [1, 2, 3, 5] : [3, 5, 9]).map((count) => Math.min(count, rows)))];
  return counts.flatMap((count) => [1, 2, 4].flatMap((quads) => [16, 32, 64].map((threads) => ({ rows: count, quads, threads }))));
}

const each = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** WGSL of y [n, columns] = x [n, inner] times w, times a scale a column where weights are int8. */
function source({ words, read, factor = 1 }, { rows, quads, threads }) {
  const [blocks, fours] = [WEIGHTS.inner / 4, WEIGHTS.columns / 4];
  const scaled = (r, q) => (words === 1 ? `acc${r}_${q} * (scales[quad + ${q}u] * ${factor.toExponential()}f)` : `acc${r}_${q}`);
  return `
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>, ${blocks * fours * words}>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> n: u32;
${words === 1 ? '@group(0) @binding(4) var<storage, read> scales: array<vec4<f32>>;' : ''}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let quad = (group.x * ${threads}u + lane) * ${quads}u;
  ${each(rows, (r) => `let at${r} = min(group.y * ${rows}u + ${r}u, n - 1u); ${each(quads, (q) => `var acc${r}_${q} = vec4<f32>();`)}`)}
  for (var k = 0u; k < ${blocks}u; k++) {
    ${each(rows, (r) => `let v${r} = x[at${r} * ${blocks}u + k];`)}
    ${each(
      quads,
      (q) => `{
      ${each(words, (h) => `let word${h} = w[(k * ${fours}u + quad + ${q}u) * ${words}u + ${h}u];`)}
      ${read}
      ${each(rows, (r) => `acc${r}_${q} = fma(vec4(v${r}.w), w3, fma(vec4(v${r}.z), w2, fma(vec4(v${r}.y), w1, fma(vec4(v${r}.x), w0, acc${r}_${q}))));`)}
    }`,
    )}
  }
  ${each(rows, (r) => each(quads, (q) => `y[at${r} * ${fours}u + quad + ${q}u] = ${scaled(r, q)};`))}
}`;
}

/** Runs in the page: buffers for `rows` rows, and on `window.timed` the milliseconds of a pass of kernel `i`, mean of `times`. */
async function prepare({ kernels, weights, rows }) {
  window.device ??= await (await navigator.gpu.requestAdapter()).requestDevice();
  const { device } = window;
  const made = (values, usage = GPUBufferUsage.STORAGE) => {
    const buffer = device.createBuffer({ size: values.byteLength, usage, mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(values.buffer));
    buffer.unmap();
    return buffer;
  };
  // Whole numbers up to 127 with a scale a column: weights that bfloat16 and int8 both hold exactly, so that all forms must agree,
  // the one that keeps fractions within half a step a weight.
  const { inner, columns } = weights;
  const whole = (i, c) => (((i * 31 + c) * 7919) % 255) - 127;
  const scale = 2 ** -10;
  const halves = new Uint16Array(inner * columns);
  const inners = new Int8Array(inner * columns);
  const outers = new Int8Array(inner * columns);
  const carried = new Int8Array(inner * columns);
  const bits = new Uint32Array(new Float32Array(256).map((_, i) => (i - 128) * scale).buffer);
  for (let i = 0; i < inner; i++) {
    for (let c = 0; c < columns; c++) {
      const block = (i >> 2) * (columns >> 2) + (c >> 2);
      const value = whole(i, c);
      halves[block * 16 + ((i >> 1) & 1) * 8 + (c & 3) * 2 + (i & 1)] = bits[value + 128] >>> 16;
      const at = block * 16 + (c & 3) * 4 + (i & 3);
      inners[at] = value;
      carried[at] = (i & 3) > 0 && carried[at - 1] < 0 ? value - 1 : value;
      outers[block * 16 + (i & 3) * 4 + (c & 3)] = value;
    }
  }
  for (const buffer of window.buffers ?? []) buffer.destroy();
  const x = made(Float32Array.from({ length: rows * inner }, (_, i) => ((i * 7919) % 1009) / 4036 - 0.125));
  const y = device.createBuffer({ size: rows * columns * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const back = device.createBuffer({ size: rows * columns * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const n = made(Uint32Array.of(rows), GPUBufferUsage.UNIFORM);
  const scales = made(new Float32Array(columns).fill(scale));
  const packed = {
    bfloat16: made(halves),
    'int8, shifts': made(inners),
    'int8, fraction kept': made(carried),
    'int8, unpack4xI8': made(outers),
  };
  window.buffers = [x, y, back, n, scales, ...Object.values(packed)];
  const passes = [];
  for (const { form, code, tile } of kernels) {
    const module = device.createShaderModule({ code });
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    const bound = form === 'bfloat16' ? [x, packed[form], y, n] : [x, packed[form], y, n, scales];
    const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    passes.push((encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(columns / (4 * tile.quads * tile.threads), Math.ceil(rows / tile.rows));
      pass.end();
    });
  }
  window.timed = async (i, times) => {
    await device.queue.onSubmittedWorkDone();
    const encoder = device.createCommandEncoder();
    for (let time = 0; time < times; time++) passes[i](encoder);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / times;
  };
  /** A digest of what kernel `i` computes. */
  window.computed = async (i) => {
    const encoder = device.createCommandEncoder();
    encoder.clearBuffer(back);
    passes[i](encoder);
    encoder.copyBufferToBuffer(y, 0, back, 0, back.size);
    device.queue.submit([encoder.finish()]);
    await back.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(back.getMappedRange().slice(0));
    back.unmap();
    return values.reduce((sum, value, at) => sum + value * (((at * 37) % 101) - 50), 0);
  };
}

const fixed = (value) => Number(value.toFixed(2));
const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}`);
  const timed = (i, times) => page.evaluate(([kernel, count]) => window.timed(kernel, count), [i, times]);
  console.log(`${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, Chromium ${browser.version()}`);
  for (const rows of ROWS) {
    const kernels = Object.entries(FORMS).flatMap(([form, how]) => tiles(rows).map((tile) => ({ form, tile, code: source(how, tile) })));
    await page.evaluate(prepare, { kernels, weights: WEIGHTS, rows });
    const sums = [];
    for (const i of kernels.keys()) {
      sums.push(await page.evaluate((kernel) => window.computed(kernel), i));
      if (Math.abs(sums[i] / sums[0] - 1) > 0.02) throw new Error(`${kernels[i].form} computes ${sums[i]}, ${kernels[0].form} ${sums[0]}`);
      kernels[i].ms = Math.min(await timed(i, 2), await timed(i, 2));
    }
    const best = [];
    for (const form of Object.keys(FORMS)) {
      const finalists = [...kernels.keys()].filter((i) => kernels[i].form === form).sort((a, b) => kernels[a].ms - kernels[b].ms);
      for (const i of finalists.slice(0, 4)) kernels[i].ms = Math.min(await timed(i, 8), await timed(i, 8), await timed(i, 8));
      best.push(finalists.slice(0, 4).sort((a, b) => kernels[a].ms - kernels[b].ms)[0]);
    }
    const seen = best.map(() => []);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [at, i] of best.entries()) seen[at].push(await timed(i, Math.max(1, Math.round(BATCH_MS / kernels[i].ms))));
    }
    const report = best.map((i, at) => {
      const ratios = seen[at].map((ms, repetition) => ms / seen[0][repetition]);
      const { form, tile } = kernels[i];
      const range = `${fixed(Math.min(...ratios))} to ${fixed(Math.max(...ratios))}`;
      return { rows, form, ms: fixed(median(seen[at])), ratio: fixed(median(ratios)), range, tile: Object.values(tile).join(' × ') };
    });
    console.table(report);
  }
} finally {
  await browser.close();
  server.close();
}
