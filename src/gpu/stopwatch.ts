/** Bytes of one time that was read back: nanoseconds u64. */
export const TIME_BYTES = 8;

/** Moments of the device's own clock, taken between the commands of an encoder. */
export class Stopwatch {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;

  private constructor(device: GPUDevice, moments: number) {
    this.#queries = device.createQuerySet({ label: 'stopwatch', type: 'timestamp', count: moments });
    this.#resolved = device.createBuffer({
      label: 'stopwatch',
      size: moments * TIME_BYTES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  /** null if the device has no clock that can be read. */
  static create(device: GPUDevice, moments: number): Stopwatch | null {
    return device.features.has('timestamp-query') ? new Stopwatch(device, moments) : null;
  }

  /** Adds to `encoder`: take the time as moment number `moment`. */
  mark(encoder: GPUCommandEncoder, moment: number): void {
    encoder.beginComputePass({ timestampWrites: { querySet: this.#queries, beginningOfPassWriteIndex: moment } }).end();
  }

  /** Adds to `encoder`: copy moments `first` up to `end` (without it) to `staging`. */
  copy(encoder: GPUCommandEncoder, first: number, end: number, staging: GPUBuffer, offset: number): void {
    encoder.resolveQuerySet(this.#queries, first, end - first, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, offset, (end - first) * TIME_BYTES);
  }

  /** The milliseconds between each moment and the next, from `moments` times that were copied; below 0 if the device's clock stepped back. */
  static parse(bytes: ArrayBuffer, offset: number, moments: number): number[] {
    const times = new BigUint64Array(bytes.slice(offset, offset + moments * TIME_BYTES));
    return Array.from(times.slice(1), (time, i) => Number(time - (times[i] as bigint)) / 1e6);
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
  }
}
