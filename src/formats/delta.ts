/**
 * A delta makes a file of another one, its base, which is equal for the most part but moved, as compiled programs are. `training/library/delta.py` writes it.
 *
 * It is gzip of numbers, all unsigned LEB128: how many pieces there are and how many changes; each piece (how many bytes it takes of the base, how many it
 * leaves zero behind them, and how far the base is moved on or back then: 2n for n, 2n - 1 for -n); before each change, how many bytes of the file it leaves
 * as they are. Behind them is a byte for each change, which is added to that of the file, modulo 256.
 */
import { inflate } from './inflate';

/** Longest number: seven bits a byte. */
const MOST_NUMBER_BYTES = 5;

/**
 * The file of `bytes` bytes that `delta` makes of `base`; null where it makes none.
 *
 * A number read past the end is NaN, and no piece and no change with one passes.
 */
export async function applyDelta(
  base: Uint8Array,
  delta: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const content = await inflate(delta, 'gzip', mostBytes(bytes));
  if (!content) return null;
  const numbers = new Numbers(content);
  const [pieces, changes] = [numbers.next(), numbers.next()];
  const made = new Uint8Array(bytes);
  let [at, from] = [0, 0];
  for (let piece = 0; piece < pieces; piece++) {
    const [take, leave, move] = [numbers.next(), numbers.next(), numbers.next()];
    const isInside = from >= 0 && from + take <= base.length && at + take + leave <= bytes;
    if (!isInside) return null;
    made.set(base.subarray(from, from + take), at);
    at += take + leave;
    from += take + (move % 2 === 0 ? move / 2 : -(move + 1) / 2);
  }
  if (at !== bytes) return null;
  const places: number[] = [];
  for (let place = 0; places.length < changes; place++) {
    place += numbers.next();
    if (!(place < bytes)) return null;
    places.push(place);
  }
  const added = numbers.rest();
  if (added.length !== places.length) return null;
  places.forEach((place, index) => {
    made[place] = (made[place] ?? 0) + (added[index] ?? 0);
  });
  return made;
}

/** A delta that says each byte is no longer. */
function mostBytes(bytes: number): number {
  return 1024 + 4 * bytes;
}

class Numbers {
  private at = 0;

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {}

  /** NaN where there is none. */
  next(): number {
    let value = 0;
    for (let i = 0; i < MOST_NUMBER_BYTES; i++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    return Number.NaN;
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }
}
