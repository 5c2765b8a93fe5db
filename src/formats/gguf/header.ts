import { formatBytes } from '../../core/bytes';
import { invalid, quoted, unsupported } from './refusals';
import { type ByteSource, readExactly } from './source';
import { TENSOR_TYPES, type TensorType } from './tensorTypes';

export type MetadataValue = string | number | boolean | readonly MetadataValue[] | Float64Array;
export type Metadata = ReadonlyMap<string, MetadataValue>;

/** A tensor of the file. */
export interface TensorInfo {
  readonly name: string;
  /** The innermost first: weights of a row, then rows. */
  readonly dimensions: readonly number[];
  readonly type: TensorType;
  /** Of its first byte, in the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface Header {
  readonly metadata: Metadata;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** Everything before the weights: 8 MB with a vocabulary of 128,000 tokens. */
const MOST_HEADER_BYTES = 48 << 20;
const MOST_ITEMS = 4_000_000;
const MOST_ENTRIES = 65_536;
const MOST_NAME_BYTES = 1024;
const MOST_DEPTH = 4;
const FIRST_PIECE = 1 << 20;
/** Bytes of a value by its type (gguf.h, `enum gguf_type`); of a string and an array the least. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];
const [STRING, ARRAY, BOOL] = [8, 9, 7];

/**
 * Header, metadata and tensors of a GGUF file, version 2 or 3 (docs/gguf.md of ggml), every length and offset checked against the file before anything
 * of that size is made: no file makes it hold more than 48 MiB of its bytes and what those say.
 *
 * @throws FailureError gguf-invalid, gguf-unsupported; or the signal's reason
 */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<Header> {
  if (source.size === 0) throw invalid('it is empty');
  for (let length = Math.min(FIRST_PIECE, source.size); ; ) {
    signal?.throwIfAborted();
    const bytes = await readExactly(source, 0, length);
    try {
      return parseHeader(new Cursor(bytes, source.size));
    } catch (thrown) {
      if (!(thrown instanceof MoreNeeded)) throw thrown;
      length = Math.min(source.size, MOST_HEADER_BYTES, Math.max(thrown.length, 2 * length));
    }
  }
}

/** The header goes on behind the bytes that were read: at least `length` are needed. */
class MoreNeeded {
  constructor(readonly length: number) {}
}

/** Reads the first bytes of a file of `size` bytes in order. */
class Cursor {
  at = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly size: number,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Goes over `length` bytes; where they began. */
  #skip(length: number, of: string): number {
    const end = this.at + length;
    if (end > this.size) throw invalid(`it ends at byte ${this.size}, in the middle of ${of}`);
    if (end > MOST_HEADER_BYTES) throw invalid(`what stands before its weights has more than ${formatBytes(MOST_HEADER_BYTES)}, at ${of}`);
    if (end > this.bytes.length) throw new MoreNeeded(end);
    const start = this.at;
    this.at = end;
    return start;
  }

  /** Refuses `count` things of at least `bytes` each that cannot all be there. */
  requireRoom(count: number, bytes: number, of: string): void {
    if (count > (Math.min(this.size, MOST_HEADER_BYTES) - this.at) / bytes)
      throw invalid(`${of} would be ${count}, more than it has room for${this.size <= MOST_HEADER_BYTES ? '; it may be cut short' : ''}`);
  }

  u32(of: string): number {
    return this.#view.getUint32(this.#skip(4, of), true);
  }

  /** A length, count or offset. */
  u64(of: string): number {
    const value = this.#view.getBigUint64(this.#skip(8, of), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`${of} would be ${value}`);
    return Number(value);
  }

  string(of: string, mostBytes = MOST_HEADER_BYTES): string {
    const length = this.u64(`the length of ${of}`);
    if (length > mostBytes) throw invalid(`${of} would be ${length} bytes long`);
    const start = this.#skip(length, of);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes.subarray(start, this.at));
    } catch (cause) {
      throw invalid(`${of} is not UTF-8`, cause);
    }
  }

  number(type: number, of: string): number {
    const at = this.#skip(VALUE_BYTES[type] ?? 0, of);
    const view = this.#view;
    const reads = [
      () => view.getUint8(at),
      () => view.getInt8(at),
      () => view.getUint16(at, true),
      () => view.getInt16(at, true),
      () => view.getUint32(at, true),
      () => view.getInt32(at, true),
      () => view.getFloat32(at, true),
      () => view.getUint8(at),
      undefined,
      undefined,
      // Past 2^53 the nearest: nothing that is read here counts so far.
      () => Number(view.getBigUint64(at, true)),
      () => Number(view.getBigInt64(at, true)),
      () => view.getFloat64(at, true),
    ];
    return reads[type]?.() ?? 0;
  }

  value(type: number, of: string, depth = 0): MetadataValue {
    if (VALUE_BYTES[type] === undefined) throw invalid(`${of} is of type ${type}, which does not exist`);
    if (type === STRING) return this.string(of);
    if (type === ARRAY) return this.#array(of, depth);
    const value = this.number(type, of);
    return type === BOOL ? value !== 0 : value;
  }

  #array(of: string, depth: number): MetadataValue {
    if (depth >= MOST_DEPTH) throw invalid(`${of} is an array in more than ${MOST_DEPTH} arrays`);
    const type = this.u32(`the type of ${of}`);
    const count = this.u64(`the length of ${of}`);
    const bytes = VALUE_BYTES[type];
    if (bytes === undefined) throw invalid(`${of} is an array of type ${type}, which does not exist`);
    if (count > MOST_ITEMS) throw invalid(`${of} would have ${count} entries`);
    this.requireRoom(count, bytes, `the entries of ${of}`);
    if (type === STRING || type === ARRAY) {
      const items: MetadataValue[] = [];
      for (let i = 0; i < count; i++) items.push(this.value(type, of, depth + 1));
      return items;
    }
    // First all of them, so that memory is only asked for where they are there.
    this.at = this.#skip(count * bytes, of);
    return Float64Array.from({ length: count }, () => this.number(type, of));
  }
}

function parseHeader(cursor: Cursor): Header {
  const magic = cursor.u32('its first bytes');
  if (magic !== 0x46554747) throw invalid('its first bytes are not those of a GGUF file');
  const version = cursor.u32('its version');
  if (version > 0xffff)
    throw unsupported('it has its bytes in the order of big-endian machines', 'Choose a file made for ordinary computers.');
  if (version !== 2 && version !== 3)
    throw unsupported(`it is of GGUF version ${version}`, 'Choose a file of version 2 or 3, as llama.cpp writes.');
  const tensorCount = cursor.u64('the number of its tensors');
  const entryCount = cursor.u64('the number of its metadata');
  for (const [count, of] of [
    [tensorCount, 'its tensors'],
    [entryCount, 'its metadata'],
  ] as const) {
    if (count > MOST_ENTRIES) throw invalid(`${of} would be ${count}`);
  }
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.string('a name in its metadata', MOST_NAME_BYTES);
    if (metadata.has(key)) throw invalid(`its metadata name ${quoted(key)} twice`);
    metadata.set(key, cursor.value(cursor.u32(`the type of ${quoted(key)}`), quoted(key)));
  }
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1 || alignment > 1 << 20) {
    throw invalid('its general.alignment is no number of bytes');
  }
  const infos = Array.from({ length: tensorCount }, () => parseTensor(cursor));
  const start = Math.ceil(cursor.at / alignment) * alignment;
  return { metadata, tensors: placeTensors(infos, start, alignment, cursor.size) };
}

/** A tensor, its offset still from where the weights begin. */
function parseTensor(cursor: Cursor): TensorInfo {
  const name = cursor.string('the name of a tensor', MOST_NAME_BYTES);
  const tensor = `tensor ${quoted(name)}`;
  const rank = cursor.u32(`the number of dimensions of ${tensor}`);
  if (rank < 1 || rank > 4) throw invalid(`${tensor} would have ${rank} dimensions`);
  const dimensions = Array.from({ length: rank }, () => cursor.u64(`the dimensions of ${tensor}`));
  const typeId = cursor.u32(`the type of ${tensor}`);
  const type = TENSOR_TYPES.get(typeId);
  if (!type) throw unsupported(`${tensor} is of type ${typeId}, which is unknown`, 'Choose a file in Q4_K_M, Q8_0 or Q4_0.');
  const weights = dimensions.reduce((product, side) => product * side, 1);
  if (weights < 1 || weights > Number.MAX_SAFE_INTEGER / 64) throw invalid(`${tensor} would have ${dimensions.join(' × ')} weights`);
  if ((dimensions[0] ?? 0) % type.weights !== 0)
    throw invalid(`rows of ${tensor} have ${dimensions[0]} weights, no whole blocks of ${type.name}`);
  const offset = cursor.u64(`the offset of ${tensor}`);
  return { name, dimensions, type, offset, bytes: (weights / type.weights) * type.bytes };
}

/** The tensors by name, with their offsets in the file; each lies whole in it, aligned, and in nothing else's place. */
function placeTensors(infos: readonly TensorInfo[], start: number, alignment: number, size: number): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (const info of infos) {
    const { name, bytes } = info;
    const offset = start + info.offset;
    if (tensors.has(name)) throw invalid(`it has tensor ${quoted(name)} twice`);
    if (info.offset % alignment !== 0)
      throw invalid(`tensor ${quoted(name)} begins at ${info.offset}, which is not aligned to ${alignment} bytes`);
    if (offset + bytes > size)
      throw invalid(`tensor ${quoted(name)} would end at byte ${offset + bytes}, but the file ends at ${size}; it may be cut short`);
    tensors.set(name, { ...info, offset });
  }
  const inOrder = [...tensors.values()].sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset, bytes }] of inOrder.entries()) {
    const next = inOrder[i + 1];
    if (next && offset + bytes > next.offset) throw invalid(`tensors ${quoted(name)} and ${quoted(next.name)} overlap`);
  }
  return tensors;
}
