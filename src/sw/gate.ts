/** Closed longer than this, as by a page that is gone, it opens by itself. */
const CLOSED_AT_MOST_MS = 30_000;

/** What stands between the files that an installation stores, so that the page can have it wait while something is measured. */
export class Gate {
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  #inside = 0;
  /** Told once nobody is inside. */
  #waiting: (() => void)[] = [];

  /** Waits until the gate is open. Each enter needs a leave. */
  async enter(): Promise<void> {
    // It may have closed again in between.
    for (let opened: unknown = null; opened !== this.#opened; ) {
      opened = this.#opened;
      await this.#opened;
    }
    this.#inside++;
  }

  leave(): void {
    this.#inside--;
    if (this.#inside > 0) return;
    for (const left of this.#waiting) left();
    this.#waiting = [];
  }

  /** Lets nobody in from now on. Resolves when all have left. */
  async close(): Promise<void> {
    this.open();
    this.#opened = new Promise((resolve) => {
      const timer = setTimeout(resolve, CLOSED_AT_MOST_MS);
      this.#open = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (this.#inside > 0) await new Promise<void>((left) => this.#waiting.push(left));
  }

  open(): void {
    this.#open();
  }
}
