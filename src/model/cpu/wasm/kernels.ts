import { FailureError } from '../../../core/failure';
import simd from './kernels.wasm?url&inline';
import relaxedSimd from './kernels-relaxed.wasm?url&inline';

/** What each does stands in kernels.cc; arguments are addresses in bytes, and sizes in numbers. */
type Kernel = (...args: number[]) => void;
interface Exports extends Record<'product' | 'column' | 'normalise' | 'add' | 'gate' | 'rotate_append' | 'attend', Kernel> {
  readonly __heap_base: WebAssembly.Global<'i32'>;
}

const PAGE = 1 << 16;
/** Of every address that is handed out: a line of the CPU's cache. */
const ALIGNMENT = 64;
/** Of WebAssembly with addresses of 32 bits. */
const MOST_PAGES = 1 << 16;

/** The kernels in a memory of their own, of which parts are handed out and never taken back. */
export class KernelMemory {
  readonly kernels: Exports;
  readonly #memory: WebAssembly.Memory;
  #end: number;

  private constructor(memory: WebAssembly.Memory, kernels: Exports) {
    this.#memory = memory;
    this.kernels = kernels;
    this.#end = kernels.__heap_base.value;
  }

  /** null where this machine's WebAssembly has no SIMD. */
  static async open(): Promise<KernelMemory | null> {
    module ??= compile();
    const compiled = await module;
    if (!compiled) return null;
    const memory = new WebAssembly.Memory({ initial: 2, maximum: MOST_PAGES });
    const { exports } = await WebAssembly.instantiate(compiled, { env: { memory } });
    return new KernelMemory(memory, exports as unknown as Exports);
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

  /** `count` float32 at `at`; good until more is allocated. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, count);
  }

  /** `count` uint32, alike. */
  words(at: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, count);
  }
}

let module: Promise<WebAssembly.Module | null> | undefined;

/** With relaxed SIMD where there is such, which joins a product and its sum. */
async function compile(): Promise<WebAssembly.Module | null> {
  const usable = [relaxedSimd, simd].map(bytesOf).find((bytes) => WebAssembly.validate(bytes));
  return usable ? WebAssembly.compile(usable) : null;
}

/** Of a `data:` URL: a content security policy may forbid to fetch one. */
function bytesOf(url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0));
}
