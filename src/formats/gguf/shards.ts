/** An array of the library's parameters, in one dimension. */
export interface PackedArray {
  readonly name: string;
  readonly dtype: 'uint32' | 'float32';
  readonly bytes: Uint8Array;
}

interface Shard {
  readonly dataPath: string;
  readonly bytes: Uint8Array;
}

const SHARD_BYTES = 32 << 20;

/** Puts arrays into the files of TVM's tensor cache, in order: as many as 32 MiB hold in each, or one that is larger. */
export class Shards {
  readonly #records: object[] = [];
  #waiting: PackedArray[] = [];
  #bytes = 0;
  #arrays = 0;

  /** @returns the shards that are full before `array` is put in */
  add(array: PackedArray): Shard[] {
    const full = this.#bytes + array.bytes.length > SHARD_BYTES ? this.end() : [];
    this.#waiting.push(array);
    this.#bytes += array.bytes.length;
    return full;
  }

  /** @returns the shard of what waits, if anything does */
  end(): Shard[] {
    if (this.#waiting.length === 0) return [];
    const bytes = new Uint8Array(this.#bytes);
    const dataPath = `params_shard_${this.#records.length}.bin`;
    let byteOffset = 0;
    const records = this.#waiting.map((array) => {
      bytes.set(array.bytes, byteOffset);
      const record = {
        name: array.name,
        shape: [array.bytes.length / 4],
        dtype: array.dtype,
        format: 'raw',
        nbytes: array.bytes.length,
        byteOffset,
      };
      byteOffset += array.bytes.length;
      return record;
    });
    this.#records.push({ dataPath, format: 'raw-shard', nbytes: byteOffset, records });
    this.#arrays += records.length;
    this.#waiting = [];
    this.#bytes = 0;
    return [{ dataPath, bytes }];
  }

  /** tensor-cache.json of all of them. */
  index(): object {
    return { metadata: { ParamSize: this.#arrays }, records: this.#records };
  }
}
