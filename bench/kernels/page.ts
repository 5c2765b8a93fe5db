import { MLCEngine } from '@mlc-ai/web-llm';
import { fetchCatalogue } from '../../src/catalog/lists';
import type { ModelSpec } from '../../src/catalog/spec';
import { findAdapter } from '../../src/gpu/adapter';
import { shareDevice } from '../../src/gpu/device';
import { GREEDY_ROW_BYTES, type GreedyBuffers, GreedyKernel } from '../../src/gpu/kernels/greedy/greedy';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { STORAGE } from '../storage';
import { choosers } from './choosing';
import { dispatchCount, pipelineMilliseconds, record, watchDevice } from './dispatches';
import {
  type ArrayRecord,
  FORMS,
  type FormName,
  type ModelConfig,
  type Part,
  partsOf,
  type Roofline,
  RooflineKernels,
  SHIPPED,
  type Tile,
  tileName,
  tiles,
} from './roofline';

/** Milliseconds of each repetition of several things that were measured in turns. */
export type Timings<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** The adapter's queue reports work as done with some delay; so much of the same is submitted at once that it hardly counts. */
const BATCH_MS = 150;
/** Of the roofline's rows: a multiple of what its tiles have. */
const MOST_AT_A_TIME = 45;
/** Between what two forms of the same weights compute, root mean squares: half a step of 255 at most, a weight, is 0.4 %. */
const MOST_DIFFERENCE = 0.01;

watchDevice();
const never = new AbortController().signal;
const open = shareDevice(navigator.gpu);
/** `verified`: what every row of a verification is multiplied with; `prefilled`: of a prefill. */
const models = new Map<string, { loaded: LoadedModel; verified: readonly Part[]; prefilled: readonly Part[] }>();
/** The fastest tile of each part. */
const best = new Map<string, readonly Tile[]>();

/** Of a verification up to 32, else of a prefill, which has logits of its last row alone. */
const kindOf = (rows: number) => (rows > 32 ? 'last-row' : 'all-rows');

/** Milliseconds until the device has done what `submit` submits. */
async function elapsed(device: GPUDevice, submit: () => void): Promise<number> {
  await device.queue.onSubmittedWorkDone();
  const start = performance.now();
  submit();
  await device.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** What submits so many passes of a roofline, of all its parts. */
const passes = (device: GPUDevice, kernels: readonly Roofline[]) => (times: number) => {
  const encoder = device.createCommandEncoder();
  for (const kernel of kernels) kernel.encode(encoder, times);
  device.queue.submit([encoder.finish()]);
};

/** Milliseconds of one of `times` passes of a roofline. */
async function passMilliseconds(device: GPUDevice, kernel: Roofline, times: number): Promise<number> {
  return (await elapsed(device, () => passes(device, [kernel])(times))) / times;
}

/** The kernel with the fastest of all tiles: all of them twice, the best few again. `check` sees each before it is timed. */
async function fastest(
  device: GPUDevice,
  kernels: RooflineKernels,
  candidates: readonly Tile[],
  check: (kernel: Roofline) => Promise<void> = async () => {},
): Promise<Roofline> {
  const seen = [];
  for (const tile of candidates) {
    const kernel = await kernels.compile(tile);
    await check(kernel);
    await passMilliseconds(device, kernel, 1);
    seen.push({ kernel, ms: await passMilliseconds(device, kernel, 2) });
  }
  const finalists = seen.sort((a, b) => a.ms - b.ms).slice(0, 5);
  const batch = Math.max(1, Math.round(BATCH_MS / (finalists[0]?.ms ?? BATCH_MS)));
  for (let i = 0; i < 3; i++) {
    for (const each of finalists) each.ms = Math.min(each.ms, await passMilliseconds(device, each.kernel, batch));
  }
  const [first] = finalists.sort((a, b) => a.ms - b.ms);
  if (!first) throw new Error('no tile divides the matrix');
  return first.kernel;
}

/** The root mean square of a - b over that of b. */
function difference(a: Float32Array, b: Float32Array): number {
  let [off, all] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    off += ((a[i] as number) - (b[i] as number)) ** 2;
    all += (b[i] as number) ** 2;
  }
  return Math.sqrt(off / all);
}

/**
 * How the roofline multiplies `rows` rows: that many at a time, so many times. The results of a long prefill would need more memory than adapters bind.
 */
function inPieces(rows: number): { readonly rows: number; readonly pieces: number } {
  const pieces = Math.ceil(rows / MOST_AT_A_TIME);
  return { rows: Math.ceil(rows / pieces), pieces };
}

/** Each thing in turns, `repetitions` times, in batches of about BATCH_MS; `work(times)` submits it `times` times. */
async function inTurns<Name extends string>(
  device: GPUDevice,
  works: Readonly<Record<Name, (times: number) => void>>,
  repetitions: number,
): Promise<Timings<Name>> {
  const names = Object.keys(works) as Name[];
  const batch = {} as Record<Name, number>;
  for (const name of names) {
    // The first time also compiles.
    const probes = (await elapsed(device, () => works[name](1))) > 10 * BATCH_MS ? 1 : 4;
    batch[name] = Math.max(1, Math.round(BATCH_MS / ((await elapsed(device, () => works[name](probes))) / probes)));
  }
  const seen = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let i = 0; i < repetitions; i++) {
    for (const name of names) seen[name].push((await elapsed(device, () => works[name](batch[name]))) / batch[name]);
  }
  return seen;
}

async function modelOf(id: string): Promise<ModelSpec> {
  const { models: listed } = await fetchCatalogue([new URL('/models/manifest.json', location.href).href], STORAGE);
  const model = listed.find((each) => each.id === id);
  if (!model) throw new Error(`the list has no ${id}`);
  return model;
}

function get(id: string) {
  const model = models.get(id);
  if (!model) throw new Error(`load ${id} first`);
  return model;
}

/** What every one of `rows` rows is multiplied with. */
function multiplied(id: string, rows: number): readonly Part[] {
  const { verified, prefilled } = get(id);
  return kindOf(rows) === 'last-row' ? prefilled : verified;
}

/** Brings the cache to `cached` tokens and writes what the next `rows` rows read. */
async function prepare(id: string, cached: number, rows: number) {
  const { pipeline } = get(id).loaded;
  const ids = Array.from({ length: cached + rows }, (_, i) => (i * 7919 + 13) % pipeline.vocabularySize);
  pipeline.truncate(0);
  await pipeline.fill(ids.slice(0, cached), never);
  pipeline.write(ids.slice(cached));
  return pipeline;
}

export const kernels = {
  /** Loads a model from the server: milliseconds after its download, and of them in the making of pipelines. */
  async load(id: string): Promise<{ ms: number; pipelineMs: number; parameters: number }> {
    const model = await modelOf(id);
    let preparing = 0;
    const before = pipelineMilliseconds();
    const hear = ({ phase }: { phase: string }) => {
      if (phase === 'preparing') preparing = performance.now();
    };
    const loaded = await loadModel(model, STORAGE, hear, never);
    const ms = performance.now() - preparing;
    const read = async (name: string) => (await fetch(`${model.folder}/resolve/main/${name}`)).json();
    const [config, cache] = await Promise.all([read('mlc-chat-config.json'), read('tensor-cache.json')]);
    const records = (cache.records as { records: ArrayRecord[] }[]).flatMap((shard) => shard.records);
    const parts = (head: boolean) => partsOf(config.model_config as ModelConfig, config.quantization === 'grouped', records, head);
    models.set(id, { loaded, verified: parts(true), prefilled: parts(false) });
    return { ms, pipelineMs: pipelineMilliseconds() - before, parameters: model.parameters };
  },

  /** Finds the fastest tile of the roofline for this number of rows. */
  async sweep(id: string, rows: number): Promise<{ tile: string; tried: number }> {
    const { device } = await open();
    const found: Tile[] = [];
    let tried = 0;
    const { rows: together } = inPieces(rows);
    for (const part of multiplied(id, rows)) {
      const kernels = new RooflineKernels(device, part, together);
      const candidates = tiles(part, together, device.features);
      found.push((await fastest(device, kernels, candidates)).tile);
      tried += candidates.length;
      kernels.dispose();
    }
    best.set(`${id} ${rows}`, found);
    return { tile: found.map(tileName).join('; '), tried };
  },

  /** The rooflines of all forms of weights, each with its own fastest tile, in turns; every tile must compute what the shipped form does. */
  async forms(id: string, rows: number, repetitions: number): Promise<{ tiles: Record<FormName, string>; timings: Timings<FormName> }> {
    const { device } = await open();
    const [part] = get(id).verified;
    if (!part) throw new Error(`${id} has no weights`);
    const names = Object.keys(FORMS) as FormName[];
    const candidates = tiles(part, rows, device.features);
    const found = new Map<FormName, { kernels: RooflineKernels; kernel: Roofline }>();
    let wanted: Float32Array | undefined;
    for (const name of [SHIPPED, ...names.filter((other) => other !== SHIPPED)]) {
      const kernels = new RooflineKernels(device, { ...part, form: name }, rows);
      const check = async (kernel: Roofline) => {
        const values = await kernels.output(kernel);
        wanted ??= values;
        const off = difference(values, wanted);
        if (!(off < MOST_DIFFERENCE)) throw new Error(`${name} with ${tileName(kernel.tile)} is ${off} off ${SHIPPED}`);
      };
      found.set(name, { kernels, kernel: await fastest(device, kernels, candidates, check) });
    }
    const of = <Value>(value: (kernel: Roofline) => Value) =>
      Object.fromEntries([...found].map(([name, { kernel }]) => [name, value(kernel)])) as Record<FormName, Value>;
    const timings = await inTurns(
      device,
      of((kernel) => passes(device, [kernel])),
      repetitions,
    );
    for (const { kernels } of found.values()) kernels.dispose();
    return { tiles: of(({ tile }) => tileName(tile)), timings };
  },

  /** A forward of `rows` rows over `cached` tokens against its roofline, in turns, neither with a readback. */
  async forward(id: string, rows: number, cached: number, repetitions: number) {
    const { device } = await open();
    const found = best.get(`${id} ${rows}`);
    if (!found) throw new Error(`sweep ${id} with ${rows} rows first`);
    const { rows: together, pieces } = inPieces(rows);
    const kernels = multiplied(id, rows).map((part) => new RooflineKernels(device, part, together));
    const roofline = await Promise.all(kernels.map((each, i) => each.compile(found[i] as Tile)));
    const pipeline = await prepare(id, cached, rows);
    const forward = (times: number) => {
      for (let i = 0; i < times; i++) {
        for (let done = 0; done < rows; done += pipeline.passLength) {
          pipeline.scoped(() => pipeline.forward(Math.min(pipeline.passLength, rows - done), kindOf(rows)));
        }
        pipeline.truncate(cached);
      }
      pipeline.flush();
    };
    const before = dispatchCount();
    forward(1);
    const dispatches = dispatchCount() - before;
    const pass = passes(device, roofline);
    const timings = await inTurns(device, { forward, roofline: (times) => pass(times * pieces) }, repetitions);
    for (const each of kernels) each.dispose();
    return { timings, dispatches };
  },

  /** The kernels that choose from `rows` rows of `vocabulary` logits, in turns with one multiplication by a head of as many columns, [inner, vocabulary] in groups of 4 bits. */
  async choosing(vocabulary: number, inner: number, rows: number, repetitions: number): Promise<Timings<string>> {
    const { device } = await open();
    // The multiple of what a workgroup covers that is nearest.
    const columns = 512 * Math.round(vocabulary / 512);
    const part: Part = { form: 'groups of 4 bits', weights: { inner, columns } };
    const kernels = new RooflineKernels(device, part, rows);
    const head = await fastest(device, kernels, tiles(part, rows, device.features));
    const { works, dispose } = await choosers(device, vocabulary, rows);
    const timings = await inTurns(device, { head: passes(device, [head]), ...works }, repetitions);
    kernels.dispose();
    dispose();
    return timings;
  },

  /** One step of the draft with its greedy choice against one forward of the target with its own, both without readback. */
  async draftStep(draft: string, target: string, cached: number, repetitions: number) {
    const { device } = await open();
    const kernel = await GreedyKernel.create(device);
    const step = async (id: string) => {
      const pipeline = await prepare(id, cached, 1);
      const usage = GPUBufferUsage.STORAGE;
      const buffers: Omit<GreedyBuffers, 'logits'> = {
        sequence: device.createBuffer({ size: 4 * 64, usage }),
        next: pipeline.input,
        rows: device.createBuffer({ size: GREEDY_ROW_BYTES * 64, usage }),
      };
      return (times: number) => {
        for (let i = 0; i < times; i++) {
          pipeline.scoped(() =>
            kernel.draft(pipeline.encoder, { ...buffers, logits: pipeline.forward(1, 'all-rows') }, pipeline.vocabularySize, 0),
          );
          pipeline.truncate(cached);
        }
        pipeline.flush();
      };
    };
    const works = { draft: await step(draft), target: await step(target) };
    const before = dispatchCount();
    works.draft(1);
    const dispatches = dispatchCount() - before;
    return { timings: await inTurns(device, works, repetitions), dispatches };
  },

  /** web-llm's own sampling path (softmax, argsort, nucleus) at top_p 1 and 0.9 against a token of its chat.completions. */
  async sampling(id: string, repetitions: number) {
    const { device } = await open();
    const model = await modelOf(id);
    const { logits: rowLength } = model.vocabulary;
    const engine = new MLCEngine({ appConfig: { model_list: [{ model_id: id, model: model.folder, model_lib: model.library.url }] } });
    await engine.reload(id);
    // biome-ignore lint/suspicious/noExplicitAny: web-llm's private pipeline, as its own sampling uses it.
    const pipeline = (engine as any).loadedModelIdToPipeline.get(id);
    const made = (data: readonly number[], shape: number[], dtype: string) =>
      pipeline.tvm.detachFromCurrentScope(
        pipeline.tvm.empty(shape, dtype, pipeline.device).copyFrom(dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data)),
      );
    pipeline.tvm.beginScope();
    const logits = made(
      Array.from({ length: rowLength }, (_, i) => ((i * 7919) % 1009) / 60),
      [1, 1, rowLength],
      'float32',
    );
    const [temperature, uniform, row] = [made([0.8], [1], 'float32'), made([0.4], [1], 'float32'), made([0], [1], 'int32')];
    const tops = { 'top_p 1': made([1], [1], 'float32'), 'top_p 0.9': made([0.9], [1], 'float32') };
    pipeline.tvm.endScope();
    const sample = (top: unknown) => (times: number) => {
      for (let i = 0; i < times; i++) {
        pipeline.tvm.beginScope();
        const sorted = pipeline.fargsortProbs(pipeline.fsoftmaxWithTemperature(logits, temperature).view([1, rowLength]));
        pipeline.fsampleWithTopP(sorted.get(0), sorted.get(1), uniform, row, top);
        pipeline.tvm.endScope();
      }
      pipeline.tvm.lib.webGPUContext.flushCommands();
    };
    const works = { 'top_p 1': sample(tops['top_p 1']), 'top_p 0.9': sample(tops['top_p 0.9']) };
    const tokenMs: number[] = [];
    const sampled: Timings<keyof typeof works>[] = [];
    for (let i = 0; i < repetitions; i++) {
      sampled.push(await inTurns(device, works, 1));
      const start = performance.now();
      const tokens = 32;
      await engine.chat.completions.create({
        messages: [{ role: 'user', content: 'Count to 40.' }],
        max_tokens: tokens,
        temperature: 0.8,
        ignore_eos: true,
      });
      tokenMs.push((performance.now() - start) / tokens);
      await engine.resetChat();
    }
    await engine.unload();
    const of = (name: keyof typeof works) => sampled.flatMap((each) => each[name]);
    return { 'top_p 1': of('top_p 1'), 'top_p 0.9': of('top_p 0.9'), token: tokenMs };
  },

  /** Times every kernel of one forward alone, by name: each dispatch again and again, the fastest batch counted. Harms the cache. */
  async profile(
    id: string,
    rows: number,
    cached: number,
    repetitions: number,
  ): Promise<{ kernel: string; dispatches: number; ms: number }[]> {
    const { device } = await open();
    const pipeline = await prepare(id, cached, rows);
    const recorded = record(() => pipeline.scoped(() => pipeline.forward(rows, kindOf(rows))));
    pipeline.flush();
    const sums = new Map<string, { kernel: string; dispatches: number; ms: number }>();
    for (const { kernel, replay } of recorded) {
      const again = (times: number) => {
        const encoder = device.createCommandEncoder();
        for (let i = 0; i < times; i++) replay(encoder);
        device.queue.submit([encoder.finish()]);
      };
      const ms = Math.min(...(await inTurns(device, { again }, repetitions)).again);
      const sum = sums.get(kernel) ?? { kernel, dispatches: 0, ms: 0 };
      sums.set(kernel, { kernel, dispatches: sum.dispatches + 1, ms: sum.ms + ms });
    }
    pipeline.reset();
    return [...sums.values()].sort((a, b) => b.ms - a.ms);
  },

  async adapter(): Promise<string> {
    return (await open()).adapter;
  },

  /** What is known of the adapter, its driver (in `description`, where Vulkan tells it) and what it allows. */
  async about() {
    const { device } = await open();
    const adapter = await findAdapter(navigator.gpu.requestAdapter.bind(navigator.gpu));
    if (!adapter) throw new Error('the adapter is gone');
    const { vendor, architecture, device: model, description, isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = adapter.info;
    const limits: Record<string, number> = {};
    for (const name in adapter.limits) {
      const limit = adapter.limits[name as keyof GPUSupportedLimits];
      if (typeof limit === 'number') limits[name] = limit;
    }
    return {
      info: { vendor, architecture, model, description, isFallbackAdapter, subgroupMinSize, subgroupMaxSize },
      features: { adapter: [...adapter.features].sort(), device: [...device.features].sort() },
      limits,
    };
  },
};

Object.assign(globalThis, { kernels });
