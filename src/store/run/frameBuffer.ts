/**
 * Gathers what comes within one frame, so that a page draws once a frame however fast things come. While the page is not drawn,
 * nothing is handed over until `flush`.
 */
export class FrameBuffer<Item> {
  readonly #handOver: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #frame: number | null = null;

  /** @param handOver takes at least one item, in the order in which they came */
  constructor(handOver: (items: readonly Item[]) => void) {
    this.#handOver = handOver;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#frame ??= requestAnimationFrame(() => this.flush());
  }

  /** Hands over at once what has been gathered. */
  flush(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#handOver(items);
  }
}
