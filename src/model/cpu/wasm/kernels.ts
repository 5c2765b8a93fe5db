import { ADDRESSED_BYTES } from '../../../core/bytes';
import { FailureError } from '../../../core/failure';
import simd from './kernels.wasm?url&inline';
import relaxedSimd from './kernels-relaxed.wasm?url&inline';
import { Sharing, type Way } from './sharing';
import type { Thread, ThreadSetup, Threads } from './thread';

/** What each does stands in kernels.cc; arguments are addresses in bytes, and sizes in numbers. */
type Kernel = (...args: number[]) => void;
interface Exports extends Record<'product' | 'column' | 'normalise' | 'add' | 'gate' | 'rotate_append' | 'attend' | 'set_threads', Kernel> {
  readonly __heap_base: WebAssembly.Global<'i32'>;
}

const PAGE = 1 << 16;
/** Of every address that is handed out: a line of the CPU's cache. */
const ALIGNMENT = 64;
const MOST_PAGES = ADDRESSED_BYTES / PAGE;
/** Bytes of the stack of a thread. */
const STACK = 1 << 15;
/** A thread that has not begun after so long counts as none until it does. */
const START_MS = 5000;

/** The kernels in a memory of their own, of which parts are handed out and never taken back. */
export class KernelMemory {
  readonly kernels: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #module: WebAssembly.Module;
  #end: number;
  /** The other threads that were started, and whether they count. */
  readonly #helpers = new Map<Thread, boolean>();
  /** By the rows of a forward. */
  readonly #sharing = new Map<number, Sharing>();
  /** The faster way of the latest forward. */
  #likely: Way | null = null;

  private constructor(
    memory: WebAssembly.Memory,
    kernels: Exports,
    module: WebAssembly.Module,
    /** Most threads that compute together; 1 where threads cannot share memory. */
    readonly most: number,
  ) {
    this.#memory = memory;
    this.#module = module;
    this.kernels = kernels;
    this.#end = kernels.__heap_base.value;
  }

  /** @param threads that may compute in it. @returns null where this machine's WebAssembly has no SIMD */
  static async open(threads = 1): Promise<KernelMemory | null> {
    const shared = threads > 1 ? sharedMemory() : null;
    const form = shared ? 'shared' : 'own';
    modules[form] ??= compile(form);
    const module = await modules[form];
    if (!module) return null;
    const memory = shared ?? new WebAssembly.Memory(SIZE);
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    return new KernelMemory(memory, exports as unknown as Exports, module, shared ? threads : 1);
  }

  /**
   * Starts the other threads. Each joins in once it has begun, also within a forward, and nobody waits for it: until then, and where one cannot be had or fails,
   * the others compute without it.
   *
   * @throws FailureError out-of-memory, before any is started
   */
  start({ start }: Threads): void {
    const setups = Array.from({ length: this.most - 1 }, (_, i) => ({
      module: this.#module,
      memory: this.#memory,
      stack: this.allocate(STACK) + STACK,
      thread: i + 1,
    }));
    for (const setup of setups) this.#begin(setup, start);
  }

  #begin(setup: ThreadSetup, start: Threads['start']): void {
    let thread: Thread;
    const patience = AbortSignal.timeout(START_MS);
    const late = () => this.#count(thread, false);
    const begun = () => {
      patience.removeEventListener('abort', late);
      this.#count(thread, true);
    };
    const lost = () => {
      patience.removeEventListener('abort', late);
      this.#count(thread, false);
      thread.end();
    };
    try {
      thread = start(setup, { begun, lost });
    } catch {
      return;
    }
    this.#helpers.set(thread, true);
    patience.addEventListener('abort', late);
    this.#compareAnew();
  }

  /** Runs `forward`, of `rows` rows, by all threads or by this one alone, whichever is faster lately. */
  timed<T>(rows: number, forward: () => T): T {
    if (this.threads === 1) return forward();
    const sharing = this.#sharing.get(rows) ?? new Sharing(this.#likely);
    this.#sharing.set(rows, sharing);
    const way = sharing.choose();
    this.kernels.set_threads(way === 'together' ? this.threads : 1);
    const startMs = performance.now();
    const result = forward();
    sharing.observe(way, performance.now() - startMs);
    this.#likely = sharing.faster ?? this.#likely;
    return result;
  }

  /** Threads that compute together, those that are about to begin with them. */
  get threads(): number {
    return 1 + [...this.#helpers.values()].filter((counts) => counts).length;
  }

  /** Ends the other threads. What is computed later, this one computes alone. */
  close(): void {
    for (const helper of this.#helpers.keys()) helper.end();
    this.#helpers.clear();
    this.#compareAnew();
  }

  /** The address of `bytes` more, which are zero. @throws FailureError out-of-memory */
  allocate(bytes: number): number {
    const at = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const pages = Math.ceil((at + bytes) / PAGE) - this.#memory.buffer.byteLength / PAGE;
    try {
      if (pages > 0) this.#memory.grow(pages);
    } catch (cause) {
      throw new FailureError(
        'out-of-memory',
        'There is no more memory for the models here.',
        'Close other tabs, or choose a smaller model, then run again.',
        cause,
      );
    }
    this.#end = at + bytes;
    return at;
  }

  /** What is told of a thread after all were ended says nothing. */
  #count(thread: Thread, counts: boolean): void {
    if (!this.#helpers.has(thread)) return;
    this.#helpers.set(thread, counts);
    this.#compareAnew();
  }

  /** Other threads compute than before, so what was measured says nothing of them. */
  #compareAnew(): void {
    this.#sharing.clear();
    this.#likely = null;
    this.kernels.set_threads(this.threads);
  }

  /** `count` float32 at `at`; good until more is allocated. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, count);
  }

  /** `count` uint32, alike. */
  words(at: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, count);
  }
}

const SIZE = { initial: 2, maximum: MOST_PAGES };

/** null where none can be had, or this thread may not wait for others. */
function sharedMemory(): WebAssembly.Memory | null {
  try {
    const memory = new WebAssembly.Memory({ ...SIZE, shared: true });
    Atomics.wait(new Int32Array(memory.buffer), 0, 0, 0);
    return memory;
  } catch {
    return null;
  }
}

/** Whose memory the kernels compute in. */
type Form = 'shared' | 'own';
const modules: Partial<Record<Form, Promise<WebAssembly.Module | null>>> = {};

/** With relaxed SIMD where there is such, which joins a product and its sum. */
async function compile(form: Form): Promise<WebAssembly.Module | null> {
  const usable = [relaxedSimd, simd].map((url) => inForm(form, bytesOf(url))).find((bytes) => WebAssembly.validate(bytes));
  return usable ? WebAssembly.compile(usable) : null;
}

/** Of the import of a memory in a module: the names, its kind, and behind them its flags. */
const MEMORY_IMPORT = '\x03env\x06memory\x02';
const FLAGS = { shared: 3, own: 1 };

/** The kernels are compiled for a memory that is shared; that is one byte of them. */
function inForm(form: Form, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = new TextDecoder('latin1').decode(bytes).indexOf(MEMORY_IMPORT);
  bytes[at + MEMORY_IMPORT.length] = FLAGS[form];
  return bytes;
}

/** Of a `data:` URL: a content security policy may forbid to fetch one. */
function bytesOf(url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0));
}
