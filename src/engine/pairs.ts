import { isSameDraft, isSameModel, type ModelSpec, type PairSpec } from '../catalog/spec';
import { steadyClock } from '../core/clock';
import { FailureError } from '../core/failure';
import { decodeTime } from '../core/loop/decodeTime';
import type { BackendChoice } from '../formats/settings';
import { adapterName, findAdapter, isSoftware } from '../gpu/adapter';
import { nameOf, type Threads } from '../model/cpu/wasm/thread';
import type { FileStorage } from '../storage/port';
import { CpuPairs } from './cpuPairs';
import { KeptDecodeTimes } from './decodeTimes';
import type { PairLoader, ReadyPair } from './pair';
import type { Backend, Because, ComputedBy, DecodeTimes, LoadProgress } from './tasks';
import { WebGpuPairs } from './webgpuPairs';

/** What pairs run on and are kept in. */
export interface PairPorts {
  /** undefined without WebGPU. */
  readonly gpu: GPU | undefined;
  readonly storage: FileStorage;
  /** What computes where a task does not say; `auto` by default. */
  readonly backend?: BackendChoice;
  /** That compute on the CPU; the engine's own alone by default. */
  readonly threads?: Threads | undefined;
}

type Sides = Readonly<Record<Backend, PairLoader>>;
type Choice = Pick<ComputedBy, 'backend' | 'because'>;
type Report = (progress: LoadProgress) => void;

/**
 * Pairs on WebGPU or on the CPU. Where a task says neither: on a graphics card; where the adapter is made of software, on the faster of the two, which is measured once a week
 * for each target, adapter and choice of threads, unless only one can run the pair; without an adapter, on the CPU, until the page is loaded again.
 */
export class Pairs implements PairLoader {
  readonly #gpu: GPU | undefined;
  readonly #standard: BackendChoice;
  readonly #sides: Sides;
  readonly #times: KeptDecodeTimes;
  /** What computes on the CPU, by name. */
  readonly #threads: string;
  #hasWebGpu = true;
  /** Of the adapter that was found; one that is there once stays. */
  #info: GPUAdapterInfo | null = null;
  /** What was chosen for the pair before, where it was chosen here: what else is asked of that pair stays where it is. */
  #settled: { readonly spec: PairSpec; readonly choice: Choice } | null = null;

  /** @param sides what runs pairs */
  constructor({ gpu, storage, backend = 'auto', threads }: PairPorts, sides?: Sides) {
    this.#gpu = gpu;
    this.#standard = backend;
    this.#sides = sides ?? { webgpu: new WebGpuPairs({ gpu, storage }), cpu: new CpuPairs(storage, { threads }) };
    this.#times = new KeptDecodeTimes(storage);
    this.#threads = threads ? nameOf(threads) : '1 thread';
  }

  async ready(...[spec, report, signal, wanted = {}]: Parameters<PairLoader['ready']>): Promise<ReadyPair> {
    const { backend = this.#standard, plain = false } = wanted;
    const on = (choice: Choice) => this.#on(choice, spec, report, signal);
    if (backend !== 'auto') {
      this.#settled = null;
      return on({ backend, because: { why: 'chosen' } });
    }
    const info = await this.#adapterInfo();
    if (info === null) return on(WITHOUT_WEBGPU);
    if (!isSoftware(info)) return on({ backend: 'webgpu', because: { why: 'graphics-card' } });
    const settled = this.#settledFor(spec, plain);
    if (settled) return on(settled);
    const adapter = adapterName(info, globalThis.navigator?.userAgent ?? '');
    const choice = await this.#faster(spec, adapter, report, signal);
    const ready = await on(choice).catch((error: unknown) => {
      // The times were measured before, and now the faster one cannot.
      if (choice.because.why !== 'faster' || !isOf(error, CANNOT)) throw error;
      return on(choice.backend === 'cpu' ? onlyWebGpu(error.failure.message) : onlyCpu(error));
    });
    this.#settled = { spec, choice: ready.computedBy ?? choice };
    return ready;
  }

  async release(model: ModelSpec): Promise<void> {
    await this.#sides.cpu.release(model);
    await this.#sides.webgpu.release(model);
  }

  async unload(): Promise<void> {
    await this.#sides.cpu.unload();
    await this.#sides.webgpu.unload();
  }

  /** @throws FailureError of what was chosen; where there turns out to be no WebGPU, the CPU takes its place */
  async #on({ backend, because }: Choice, spec: PairSpec, report: Report, signal: AbortSignal): Promise<ReadyPair> {
    if (backend === 'webgpu' && !this.#hasWebGpu) return this.#on(WITHOUT_WEBGPU, spec, report, signal);
    // One of the two at a time holds models.
    await this.#sides[backend === 'cpu' ? 'webgpu' : 'cpu'].unload();
    try {
      return { ...(await this.#sides[backend].ready(spec, report, signal)), computedBy: { backend, because } };
    } catch (error) {
      if (backend === 'cpu' || !isOf(error, NO_WEBGPU)) throw error;
      this.#hasWebGpu = false;
      return this.#on(WITHOUT_WEBGPU, spec, report, signal);
    }
  }

  /** What is known of the adapter; null without one. Neither is looked for again. */
  async #adapterInfo(): Promise<GPUAdapterInfo | null> {
    if (!this.#hasWebGpu) return null;
    if (this.#info) return this.#info;
    const gpu = this.#gpu;
    const adapter = gpu ? await findAdapter(gpu.requestAdapter.bind(gpu)).catch(() => null) : null;
    this.#hasWebGpu = adapter !== null;
    this.#info = adapter?.info ?? null;
    return this.#info;
  }

  /** A plain run goes on where those with a draft were. */
  #settledFor({ target, draft }: PairSpec, plain: boolean): Choice | null {
    if (!this.#settled) return null;
    const { spec, choice } = this.#settled;
    return isSameModel(spec.target, target) && (plain || isSameDraft(spec.draft, draft)) ? choice : null;
  }

  /** The faster of the two, or the one that can run the pair. */
  async #faster(spec: PairSpec, adapter: string, report: Report, signal: AbortSignal): Promise<Choice> {
    const devices = `${adapter}, ${this.#threads}`;
    const known = await this.#times.get(spec.target, devices);
    if (known) return fasterOf(known);
    await this.#sides.webgpu.unload();
    // Nothing is told to be ready before it is known where.
    const ready: LoadProgress[] = [];
    const hold = (progress: LoadProgress) => {
      if (progress.phase === 'ready') ready.push(progress);
      else if (progress.backend === 'cpu') report(progress);
    };
    const cpu = await this.#sides.cpu.ready(spec, hold, signal).catch((error: unknown) => {
      if (isOf(error, CANNOT)) return error;
      throw error;
    });
    if (cpu instanceof FailureError) return onlyWebGpu(cpu.failure.message);
    const times = await this.#measure(cpu, spec.target, hold, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof FailureError) return error;
      throw error;
    });
    const choice = times instanceof FailureError ? onlyCpu(times) : fasterOf(times);
    if (!(times instanceof FailureError)) await this.#times.keep(spec.target, devices, times);
    for (const progress of ready) if (progress.backend === choice.backend) report(progress);
    return choice;
  }

  /** Both hold the target meanwhile. @param cpu ready @throws FailureError what WebGPU could not do */
  async #measure(cpu: ReadyPair, target: ModelSpec, report: Report, signal: AbortSignal): Promise<DecodeTimes> {
    const clock = steadyClock(() => performance.now());
    // The CPU's threads begin meanwhile.
    const webgpu = await this.#sides.webgpu.ready({ target, draft: null }, report, signal);
    const cpuMs = await decodeTime(cpu.target.side, clock, signal);
    signal.throwIfAborted();
    const webgpuMs = await decodeTime(webgpu.target.side, clock, signal, cpuMs).catch(async (error) => {
      throw await webgpu.firstCause(error);
    });
    signal.throwIfAborted();
    return { webgpu: webgpuMs, cpu: cpuMs };
  }
}

const NO_WEBGPU: ReadonlySet<string> = new Set(['no-webgpu', 'no-adapter']);
/** Why one of the two refuses a pair that the other may run. */
const CANNOT: ReadonlySet<string> = new Set(['feature-missing', 'library-incompatible', 'out-of-memory']);
const WITHOUT_WEBGPU: Choice = { backend: 'cpu', because: { why: 'no-webgpu' } };

function isOf(error: unknown, codes: ReadonlySet<string>): error is FailureError {
  return error instanceof FailureError && codes.has(error.failure.code);
}

/** Ties go to the CPU, which has nothing to read back. */
function fasterOf(decodeMs: DecodeTimes): Choice {
  return { backend: decodeMs.webgpu < decodeMs.cpu ? 'webgpu' : 'cpu', because: { why: 'faster', decodeMs } };
}

function onlyWebGpu(message: string): Choice {
  return { backend: 'webgpu', because: { why: 'other-cannot', message } };
}

function onlyCpu({ failure }: FailureError): Choice {
  const because: Because = NO_WEBGPU.has(failure.code) ? { why: 'no-webgpu' } : { why: 'other-cannot', message: failure.message };
  return { backend: 'cpu', because };
}
