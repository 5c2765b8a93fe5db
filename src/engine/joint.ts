/** Work of several parts, of which the first that fails stops the others. */
export class Joint {
  /** Why the first part failed; null while none has. */
  failed: { readonly cause: unknown } | null = null;
  /** Aborts with the whole, and when a part has failed. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async attempt<T>(part: () => Promise<T>): Promise<T> {
    try {
      return await part();
    } catch (cause) {
      this.failed ??= { cause };
      this.#stop.abort(cause);
      throw cause;
    }
  }
}
