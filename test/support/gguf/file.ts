import { typeOf } from './blocks';

/** A value of the metadata with its type; a list of one type in one. */
export type Value =
  | readonly ['u32' | 'i32' | 'f32' | 'u64', number]
  | readonly ['bool', boolean]
  | readonly ['string', string]
  | readonly ['strings', readonly string[]]
  | readonly ['i32s', readonly number[]];

export interface Tensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Contents {
  readonly version?: number;
  readonly metadata: ReadonlyMap<string, Value>;
  readonly tensors: readonly Tensor[];
}

const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, strings: 9, i32s: 9, u64: 10 } as const;
const ALIGNMENT = 32;

/** A GGUF file of `contents`, whatever they say. */
export function writeGguf({ version = 3, metadata, tensors }: Contents): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.u32(0x46554747);
  out.u32(version);
  out.u64(tensors.length);
  out.u64(metadata.size);
  for (const [key, value] of metadata) out.entry(key, value);
  let offset = 0;
  for (const { name, dimensions, type, bytes } of tensors) {
    out.string(name);
    out.u32(dimensions.length);
    for (const side of dimensions) out.u64(side);
    out.u32(typeOf(type).id);
    out.u64(offset);
    offset = align(offset + bytes.length);
  }
  for (const { bytes } of tensors) {
    out.align();
    out.raw(bytes);
  }
  return out.bytes();
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

class Writer {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  raw(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  align(): void {
    this.raw(new Uint8Array(align(this.#length) - this.#length));
  }

  #number(bytes: number, write: (view: DataView) => void): void {
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    this.raw(new Uint8Array(view.buffer));
  }

  u32(value: number): void {
    this.#number(4, (view) => view.setUint32(0, value, true));
  }

  u64(value: number): void {
    this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  entry(key: string, [type, value]: Value): void {
    this.string(key);
    this.u32(TYPES[type]);
    if (type === 'string') this.string(value);
    else if (type === 'bool') this.raw(Uint8Array.of(Number(value)));
    else if (type === 'f32') this.#number(4, (view) => view.setFloat32(0, value, true));
    else if (type === 'u64') this.u64(value);
    else if (type === 'strings') {
      this.u32(TYPES.string);
      this.u64(value.length);
      for (const each of value) this.string(each);
    } else if (type === 'i32s') {
      this.u32(TYPES.i32);
      this.u64(value.length);
      for (const each of value) this.u32(each);
    } else this.u32(value);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }
}
