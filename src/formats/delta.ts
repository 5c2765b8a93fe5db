/**
 * A delta makes a file from another one, its base. It is small where pieces of both are nearly equal, as in two compiled programs. `training/library/delta.py` writes it.
 *
 * It is gzip of numbers, in unsigned LEB128, and bytes:
 * - how many pieces there are, and how many changes;
 * - for each piece, of which the first begins where the base does: how many bytes of the base it takes, how many zeros follow them, and how far from there the
 *   next one begins in the base (2n for n bytes on, 2n - 1 for n bytes back);
 * - for each change: how many bytes of the file lie between it and the change before;
 * - for each change: a byte, which is added to the file's, modulo 256.
 */
import { inflate } from './inflate';

/** Of what is made, and of what a delta holds unpacked. */
const MOST_BYTES = 64 << 20;
/** Of a number, seven bits in each. */
const MOST_NUMBER_BYTES = 5;

interface Piece {
  /** The first of its bytes in the base. */
  readonly from: number;
  readonly take: number;
  readonly zeros: number;
}

/** The file that `delta` makes of `base`; null where it makes none. */
export async function applyDelta(base: Uint8Array, delta: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const content = await inflate(delta, 'gzip', MOST_BYTES);
  if (!content) return null;
  const numbers = new Numbers(content);
  const [pieceCount, changeCount] = [numbers.next(), numbers.next()];
  const pieces = readPieces(numbers, pieceCount, base.length);
  const places = pieces && readPlaces(numbers, changeCount, lengthOf(pieces));
  const added = numbers.rest();
  if (!pieces || !places || added.length !== places.length) return null;
  const made = lay(base, pieces);
  places.forEach((place, index) => {
    made[place] = (made[place] ?? 0) + (added[index] ?? 0);
  });
  return made;
}

/** null where there are fewer, or one is no part of the base: `NaN`, which stands for a number that is missing, fails each comparison. */
function readPieces(numbers: Numbers, count: number, baseLength: number): Piece[] | null {
  const pieces: Piece[] = [];
  for (let from = 0, length = 0; pieces.length !== count; ) {
    const [take, zeros, move] = [numbers.next(), numbers.next(), numbers.next()];
    length += take + zeros;
    if (!(from >= 0 && from + take <= baseLength && length <= MOST_BYTES)) return null;
    pieces.push({ from, take, zeros });
    from += take + (move % 2 === 0 ? move / 2 : -(move + 1) / 2);
  }
  return pieces;
}

/** The places of the bytes that are changed; null where there are fewer, or one is past the end. */
function readPlaces(numbers: Numbers, count: number, length: number): number[] | null {
  const places: number[] = [];
  for (let next = 0; places.length !== count; next++) {
    next += numbers.next();
    if (!(next < length)) return null;
    places.push(next);
  }
  return places;
}

function lay(base: Uint8Array, pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const { from, take, zeros } of pieces) {
    made.set(base.subarray(from, from + take), at);
    at += take + zeros;
  }
  return made;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { take, zeros }) => sum + take + zeros, 0);
}

/** Reads numbers one by one. */
class Numbers {
  private at = 0;

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {}

  /** NaN past the end. */
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
