import { median } from '../../../core/median';

/** Who computes a forward: all threads, or the one that leads. */
export type Way = 'together' | 'alone';

/** Latest times of either way that count. */
const KEPT = 3;
/** Forwards before any counts: a first one compiles, and threads may still wake. */
const COLD = 4;
/** Forwards from one trial of the slower way to the next: at first, and at most. */
const REST = { first: 32, most: 1024 } as const;

/**
 * Chooses for each forward of one kind the way that took less time lately. Two threads take half to four fifths of the time where each has a core, and several times as long
 * where other programs have the cores. So the slower way is tried again from time to time, after twice as long each time that it stays the slower one.
 */
export class Sharing {
  readonly #times: Readonly<Record<Way, number[]>> = { together: [], alone: [] };
  #faster: Way | null;
  /** Forwards while it is not known. */
  #tried = 0;
  #rest: number = REST.first;
  /** Forwards before the next trial. */
  #left: number = REST.first;

  /** @param likely the faster way of forwards of another kind; null where none is known, so that both are tried first */
  constructor(likely: Way | null) {
    this.#faster = likely;
  }

  /** null while it is not known. */
  get faster(): Way | null {
    return this.#faster;
  }

  choose(): Way {
    // In turns, so that what slows down the first of them, or all for a while, says nothing of either way.
    if (this.#faster === null) return this.#tried % 2 === 0 ? 'together' : 'alone';
    return this.#left > 0 ? this.#faster : other(this.#faster);
  }

  /** Takes in what a forward took that way, in milliseconds. */
  observe(way: Way, ms: number): void {
    if (this.#faster === null && this.#tried++ < COLD) return;
    const times = this.#times[way];
    times.push(ms);
    if (times.length > KEPT) times.shift();
    const { together, alone } = this.#times;
    const before = this.#faster;
    if (before === null && alone.length < KEPT) return;
    // A likely way stays the faster one as long as the other was not tried.
    if (together.length > 0 && alone.length > 0) this.#faster = median(together) <= median(alone) ? 'together' : 'alone';
    if (this.#faster !== before) this.#rest = this.#left = REST.first;
    else if (way === before) this.#left--;
    // One trial that was the faster one may be luck: the next says more.
    else if (ms >= median(this.#times[other(way)])) this.#left = this.#rest = Math.min(REST.most, 2 * this.#rest);
  }
}

function other(way: Way): Way {
  return way === 'together' ? 'alone' : 'together';
}
