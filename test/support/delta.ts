import { gzipSync } from 'node:zlib';

/** A piece of the base, and zeros behind it. */
export interface Piece {
  readonly from: number;
  readonly take: number;
  readonly zeros: number;
}

/** The delta that lays `pieces` and makes `content` of them, in the layout that `src/formats/delta.ts` describes. By default one piece, from the beginning. */
export function makeDelta(base: Uint8Array, content: Uint8Array, pieces = wholePiece(base, content)): Uint8Array<ArrayBuffer> {
  const laid = pieces.flatMap(({ from, take, zeros }) => [...base.subarray(from, from + take), ...Array<number>(zeros).fill(0)]);
  const places = laid.flatMap((byte, place) => (byte === content[place] ? [] : [place]));
  const steps = pieces.flatMap(({ from, take, zeros }, index) => {
    const moved = index + 1 < pieces.length ? (pieces[index + 1]?.from ?? 0) - from - take : 0;
    return [take, zeros, moved >= 0 ? 2 * moved : -2 * moved - 1];
  });
  // The first piece begins at the beginning: an empty one moves the base on to another.
  const first = pieces[0]?.from ? [0, 0, 2 * pieces[0].from] : [];
  const gaps = places.map((place, index) => place - (index > 0 ? (places[index - 1] ?? 0) + 1 : 0));
  const numbers = [(first.length + steps.length) / 3, places.length, ...first, ...steps, ...gaps];
  const added = places.map((place) => ((content[place] ?? 0) - (laid[place] ?? 0)) & 255);
  return new Uint8Array(gzipSync(Uint8Array.from([...numbers.flatMap(leb128), ...added])));
}

function wholePiece(base: Uint8Array, content: Uint8Array): Piece[] {
  const take = Math.min(base.length, content.length);
  return [{ from: 0, take, zeros: content.length - take }];
}

/** Seven bits a byte, the lowest first; all but the last have the eighth. */
export function leb128(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...leb128(Math.floor(number / 128))];
}
