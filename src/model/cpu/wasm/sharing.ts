import { median } from '../../../core/median';

/** Who computes a forward: all threads, or the one that leads. */
export type Way = 'together' | 'alone';

/** Latest times of either way that count. */
const KEPT = 3;
/** Forwards from one trial of the slower way to the next: at first, and at most. */
const REST = { first: 32, most: 1024 } as const;

/**
 * Chooses for each forward the way that took less time lately. Threads take about half the time where each has a core, and several times as long where
 * other programs have the cores. So the slower way is tried again from time to time, after twice as long each time that it stays the slower one.
 */
export class Sharing {
  readonly #times: Readonly<Record<Way, number[]>> = { together: [], alone: [] };
  #faster: Way = 'together';
  #rest: number = REST.first;
  /** Forwards before the next trial. */
  #left: number = REST.first;

  choose(): Way {
    const unknown = (['together', 'alone'] as const).find((way) => this.#times[way].length < KEPT);
    return unknown ?? (this.#left > 0 ? this.#faster : other(this.#faster));
  }

  /** Takes in what a forward took that way, in milliseconds. */
  observe(way: Way, ms: number): void {
    const times = this.#times[way];
    times.push(ms);
    if (times.length > KEPT) times.shift();
    const { together, alone } = this.#times;
    if (alone.length < KEPT) return;
    const before = this.#faster;
    this.#faster = median(together) <= median(alone) ? 'together' : 'alone';
    if (this.#faster !== before) this.#rest = this.#left = REST.first;
    else if (way === before) this.#left--;
    // One trial that was the faster one may be luck: the next says more.
    else if (ms >= median(this.#times[before])) this.#left = this.#rest = Math.min(REST.most, 2 * this.#rest);
  }
}

function other(way: Way): Way {
  return way === 'together' ? 'alone' : 'together';
}
