import { cannotRun } from '../port';

/**
 * Packed matrices as the kernels of kernels.cc read them: a header, then panels of sixteen columns with all that a group of weights needs side by side,
 * so that a product reads memory from its beginning to its end. The files have the same words in the order of training/library/layout.py (int8) and
 * grouped.py; only their order changes here.
 */
export interface PackedMatrix {
  readonly bits: 4 | 8;
  /** Weights that share a scaling. */
  readonly group: number;
  readonly form: number;
  /** Bits of a float32. */
  readonly factor: number;
  readonly inner: number;
  /** Its first column's place in the matrix that it is a part of. */
  readonly first: number;
  readonly columns: number;
  /** [inner * bits / 32, columns] */
  readonly codes: Uint32Array;
  /** [inner / group, columns], of form FLOATS twice as many */
  readonly scaling: Uint32Array;
}

const MARK = 0x31475446;
const GROUPED_HEADER = 8;
const [HALVES, SCALES, FLOATS, STEPS] = [0, 1, 2, 3] as const;
const HEADER_WORDS = 16;
/** Columns of a panel; the columns of every matrix are a multiple of them. */
export const PANEL = 16;

/** Int8 as layout.py packs it: words [inner / 4, columns], then a scale for each column. @param blocks rows of words, the scales among them */
export function readSteps(words: Uint32Array, blocks: number): PackedMatrix {
  const columns = words.length / blocks;
  const inner = 4 * (blocks - 1);
  const [codes, scaling] = [words.subarray(0, (blocks - 1) * columns), words.subarray((blocks - 1) * columns)];
  return checked({ bits: 8, group: inner, form: STEPS, factor: 0, inner, first: 0, columns, codes, scaling });
}

/** A matrix in groups as grouped.py packs it. @throws FailureError library-incompatible for anything else */
export function readGrouped(words: Uint32Array): PackedMatrix {
  const [mark, bits = 0, group = 0, form = -1, factor = 0, first = 0, inner = 0, columns = 0] = words;
  const known = mark === MARK && (bits === 4 || bits === 8) && (group === 16 || group === 32);
  const end = GROUPED_HEADER + (inner * columns * bits) / 32;
  const scaling = (inner / group) * columns * (form === FLOATS ? 2 : 1);
  if (!known || ![HALVES, SCALES, FLOATS].some((each) => each === form) || words.length !== end + scaling) throw unreadable();
  return checked({
    bits,
    group,
    form,
    factor,
    inner,
    first,
    columns,
    codes: words.subarray(GROUPED_HEADER, end),
    scaling: words.subarray(end),
  });
}

/** Bytes of `matrix` as `layOut` writes it. */
export function laidOutBytes({ codes, scaling }: PackedMatrix): number {
  return 4 * (HEADER_WORDS + codes.length + scaling.length);
}

/** Writes `matrix` into the beginning of `into`. */
export function layOut({ bits, group, form, factor, inner, columns, codes, scaling }: PackedMatrix, into: Uint32Array): void {
  into.set([bits, group, form, factor, inner, columns]);
  const codeRows = (group * bits) / 32;
  const scalingWords = form === FLOATS ? 2 : 1;
  let at = HEADER_WORDS;
  for (let column = 0; column < columns; column += PANEL) {
    for (let first = 0; first < inner / group; first++) {
      for (let row = first * codeRows; row < (first + 1) * codeRows; row++) {
        const from = row * columns + column;
        for (let i = 0; i < PANEL; i++) into[at + i] = codes[from + i] as number;
        at += PANEL;
      }
      const from = (first * columns + column) * scalingWords;
      into.set(scaling.subarray(from, from + PANEL * scalingWords), at);
      at += PANEL * scalingWords;
    }
  }
}

function checked(matrix: PackedMatrix): PackedMatrix {
  const { inner, columns, group } = matrix;
  if (inner > 0 && columns > 0 && columns % PANEL === 0 && inner % group === 0 && inner % 8 === 0) return matrix;
  throw unreadable();
}

function unreadable() {
  return cannotRun('one of its matrices is laid out in a way that is not known here');
}
