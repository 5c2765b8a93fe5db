/** Does what is asked for one after the other, since models and caches belong to one task at a time, and some work while nobody waits. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** Tasks whose turn has not come. */
  #waiting = 0;
  /** Ends the work under way that nobody waits for. */
  #idle = new AbortController();

  /**
   * Does `work` after every earlier task has ended. An abort is answered at once, while what cannot be interrupted ends behind it, until `work`
   * calls `begin`: from then on it ends by itself and tells how.
   */
  take<T>(signal: AbortSignal, work: (begin: () => void) => Promise<T>): Promise<T> {
    this.#idle.abort();
    this.#waiting++;
    let begun = false;
    const turn = this.#last.then(() => {
      this.#waiting--;
      signal.throwIfAborted();
      return work(() => {
        begun = true;
      });
    });
    this.#last = turn.catch(() => undefined);
    return new Promise((resolve, reject) => {
      const abort = () => begun || reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }

  /** Does `work` behind the task under way, unless another waits already; its signal aborts when one is asked for. What fails in it is for that one to say. */
  meanwhile(work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#waiting > 0) return;
    this.#idle = new AbortController();
    const { signal } = this.#idle;
    this.#last = this.#last.then(() => (signal.aborted ? undefined : work(signal))).catch(() => undefined);
  }
}
