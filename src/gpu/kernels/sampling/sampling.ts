import { checkSampling } from '../../../core/settings';
import type { Candidates, SamplingSettings } from '../../../core/types';
import { ShapeBuffers } from '../shapes';
import { SliceBuffer, sliceFor } from '../slices';
import { widthFor } from '../width';
import { type Entry, SamplingPasses } from './passes';
import { PURPOSES, type Purposes, seedWords } from './philox';

/** `logitBias` comes as a buffer of its own. */
export type ShapeSettings = Omit<SamplingSettings, 'logitBias'>;

/** What shapes the logits besides the settings; `vocabulary` columns each, and each may be left out. */
export interface Constraints {
  /** u32 [rows, ceil(vocabulary / 32)]: bit id % 32 of word id / 32 says whether the token may be chosen. Row i is for the i-th token of the round. */
  readonly mask?: GPUBuffer | undefined;
  /** f32 [vocabulary], added to the logits. Forbid tokens by `mask`. */
  readonly bias?: GPUBuffer | undefined;
  /** u32 [vocabulary]: how often each token has been generated and committed, for the penalties; drafted tokens before a row count besides. */
  readonly counts?: GPUBuffer | undefined;
}

export interface DraftBuffers extends Constraints {
  /** f32 [count, vocabulary] */
  readonly logits: GPUBuffer;
  /** i32: the drafts so far, from index 0 */
  readonly sequence: GPUBuffer;
  /** i32 [1]: the next draft forward's input */
  readonly next: GPUBuffer;
  /** f32 [drafts, vocabulary]: what each draft is drawn from; the judgement needs it */
  readonly q: GPUBuffer;
}

export interface JudgeBuffers extends Constraints {
  /** f32 [drafted + 1, vocabulary] */
  readonly logits: GPUBuffer;
  /** i32: the target's input, [last token of the history, draft 1, draft 2, ...] */
  readonly sequence: GPUBuffer;
  /** f32 [drafted, vocabulary], as `draft` wrote it. Without it each draft had probability 1, as of n-gram drafting. */
  readonly q?: GPUBuffer | undefined;
  /** f32 [drafted + 1, vocabulary]: receives what the target samples from */
  readonly p: GPUBuffer;
  /** Receives `SAMPLING_ROW_BYTES` a row. */
  readonly rows: GPUBuffer;
}

/** One row of a judgement. A draft's own row says whether it would be accepted if the drafts before it are. */
export interface SamplingRow {
  /** The target's own token here: corrected where the draft is rejected, bonus after the last draft, plain where nothing was drafted. */
  readonly token: number;
  /** Probability of `token` under the target. */
  readonly tokenP: number;
  /** The judged draft; null after the last one. */
  readonly draft: { readonly id: number; readonly accepted: boolean; readonly p: number; readonly q: number } | null;
  /** The uniform draw that decided; null if none did: no draft, temperature 0, or the coupled rule. */
  readonly u: number | null;
  /** Sum of max(0, p - q), the probability of a rejection; 0 after the last draft. */
  readonly residual: number;
  /** Up to five most likely tokens, most likely first and the lowest id among equals. Empty for `q` and `residual` after the last draft. */
  readonly top: Candidates;
  /** Whose logits had a value that is not a number, plus infinity, or nothing that may be chosen; the rest of the row means nothing then. */
  readonly invalid: 'target' | 'draft' | null;
}

const TOP = 5;

/**
 * Bytes of one row, little-endian: token u32, draft u32, accepted u32, invalid u32 (bit 0 target, bit 1 draft), p f32, q f32,
 * u f32 (-1: none), residual f32, tokenP f32, then for p, q and residual each five ids u32 and five probabilities f32
 * (0 if there are fewer).
 */
export const SAMPLING_ROW_BYTES = 4 * (9 + 3 * 2 * TOP);

/** Bits of the shader's flags. */
const FLAGS = { mask: 1, bias: 2, counts: 4, oneHot: 8, isDraft: 16 } as const;

const SETTINGS_BYTES = 40;
/** As slices.wgsl has them: a slice of a row, and a row's search for its threshold. */
const PART_BYTES = 4 * (8 + 3 * 2 * TOP);
const SEARCH_BYTES = 4 * (3 + 256);
const DIGITS = [4, 3, 2, 1];

/**
 * Sampling on the device: draws drafts and judges them, one dispatch each, or several where rows have several slices. distribution.wgsl says in which
 * order a distribution is made, philox.ts which random number decides what. Call `configure` once a run and `begin` once a round.
 */
export class SamplingKernel {
  readonly #device: GPUDevice;
  readonly #passes: SamplingPasses;
  readonly #settings: GPUBuffer;
  readonly #position: GPUBuffer;
  /** Stands in for what was left out. */
  readonly #none: GPUBuffer;
  readonly #shapes: ShapeBuffers;
  readonly #parts: SliceBuffer;
  readonly #searches: SliceBuffer;
  /** Of the settings. */
  #truncation = { topK: 0, topP: 1 };
  readonly #slice: number;

  private constructor(device: GPUDevice, passes: SamplingPasses, slice: number) {
    this.#device = device;
    this.#slice = slice;
    this.#passes = passes;
    this.#shapes = new ShapeBuffers(device);
    this.#parts = new SliceBuffer(device);
    this.#searches = new SliceBuffer(device);
    const uniform = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#settings = device.createBuffer({ label: 'sampling settings', size: SETTINGS_BYTES, usage: uniform });
    this.#position = device.createBuffer({ label: 'sampling position', size: 4, usage: uniform });
    this.#none = device.createBuffer({ label: 'sampling none', size: 4, usage: GPUBufferUsage.STORAGE });
  }

  /**
   * @param width threads for each row, a power of two up to 256. The last bits of a distribution depend on it. A
   * GPU is faster with many, a CPU that stands in for one with few.
   * @param slice columns that one workgroup walks
   * @param purposes the streams of random numbers; other than the default only to show what goes wrong when two are one
   */
  static async create(
    device: GPUDevice,
    width = widthFor(device),
    slice = sliceFor(device),
    purposes: Purposes = PURPOSES,
  ): Promise<SamplingKernel> {
    return new SamplingKernel(device, await SamplingPasses.create(device, { width, slice, purposes }), slice);
  }

  /**
   * Settings for everything that is submitted from now on.
   *
   * @throws `invalid-setting` where a value is outside its range
   */
  configure(settings: ShapeSettings): void {
    checkSampling(settings);
    this.#truncation = { topK: settings.topK, topP: settings.topP };
    const words = new DataView(new ArrayBuffer(SETTINGS_BYTES));
    const [low, high] = seedWords(settings.seed);
    words.setUint32(0, low, true);
    words.setUint32(4, high, true);
    words.setFloat32(8, settings.temperature, true);
    words.setFloat32(12, settings.topP, true);
    words.setUint32(16, settings.topK, true);
    words.setFloat32(20, settings.repetitionPenalty, true);
    words.setFloat32(24, settings.frequencyPenalty, true);
    words.setFloat32(28, settings.presencePenalty, true);
    words.setUint32(32, settings.rule === 'coupled' ? 1 : 0, true);
    // The bytes themselves: dawn in Node takes no DataView.
    this.#device.queue.writeBuffer(this.#settings, 0, words.buffer);
  }

  /** Starts a round, for everything that is submitted from now on. @param position index in the history of the first token that the round decides */
  begin(position: number): void {
    this.#device.queue.writeBuffer(this.#position, 0, Uint32Array.of(position));
  }

  /**
   * Adds to `encoder`: draws draft number `drafted` (from 0), into sequence[drafted], next[0] and row `drafted` of q.
   *
   * @param count drafts to draw at once, from as many rows of logits, where they do not depend on one another
   */
  draft(encoder: GPUCommandEncoder, buffers: DraftBuffers, vocabulary: number, drafted: number, count = 1): void {
    const { logits, sequence, next, q } = buffers;
    const storage = [logits, ...this.#constraints(buffers), sequence, q, next];
    this.#encode(encoder, 'draft', storage, [vocabulary, drafted, 0, flagsOf(buffers) | FLAGS.isDraft], count);
  }

  /**
   * Adds to `encoder`: judges `drafted` drafts (0: plain decoding), into rows `first` to `first` + `drafted` of p and rows.
   *
   * @param first tokens of the round before these rows, as sequence[1..first] has them: others than 0 where nothing is drafted
   */
  judge(encoder: GPUCommandEncoder, buffers: JudgeBuffers, vocabulary: number, drafted: number, first = 0): void {
    const { logits, sequence, p, q, rows } = buffers;
    const storage = [logits, ...this.#constraints(buffers), sequence, p, q ?? this.#none, rows];
    this.#encode(encoder, 'judge', storage, [vocabulary, first, drafted, flagsOf(buffers) | (q ? 0 : FLAGS.oneHot)], drafted + 1);
  }

  /** `count` rows of judgements from bytes that were read back, the first `drafted` of them with a draft. */
  static parse(bytes: ArrayBuffer, offset: number, count: number, drafted: number): SamplingRow[] {
    const view = new DataView(bytes, offset, count * SAMPLING_ROW_BYTES);
    return Array.from({ length: count }, (_, row) => {
      const at = row * SAMPLING_ROW_BYTES;
      const whole = (word: number) => view.getUint32(at + 4 * word, true);
      const float = (word: number) => view.getFloat32(at + 4 * word, true);
      const top = (list: number) =>
        Array.from({ length: TOP }, (_, k) => ({
          id: whole(9 + 2 * TOP * list + k),
          probability: float(9 + 2 * TOP * list + TOP + k),
        })).filter(({ probability }) => probability > 0);
      return {
        token: whole(0),
        tokenP: float(8),
        draft: row < drafted ? { id: whole(1), accepted: whole(2) === 1, p: float(4), q: float(5) } : null,
        u: float(6) < 0 ? null : float(6),
        residual: float(7),
        top: { p: top(0), q: top(1), residual: top(2) },
        invalid: whole(3) & 1 ? 'target' : whole(3) & 2 ? 'draft' : null,
      };
    });
  }

  dispose(): void {
    for (const buffer of [this.#settings, this.#position, this.#none]) buffer.destroy();
    for (const made of [this.#shapes, this.#parts, this.#searches]) made.dispose();
  }

  #constraints({ mask, bias, counts }: Constraints): GPUBuffer[] {
    return [mask ?? this.#none, bias ?? this.#none, counts ?? this.#none];
  }

  /** @param storage of bindings 3 and on @param shape vocabulary, first row, drafted, flags @param rows of logits */
  #encode(
    encoder: GPUCommandEncoder,
    entry: 'draft' | 'judge',
    storage: GPUBuffer[],
    shape: [number, number, number, number],
    rows: number,
  ): void {
    const slices = Math.ceil(shape[0] / this.#slice);
    const buffers: (GPUBuffer | undefined)[] = [this.#settings, undefined, this.#position, ...storage];
    const pass = encoder.beginComputePass({ label: `sampling ${entry}` });
    const add = (step: Entry, groups: [number, number], digit = 0, isNucleus = 0) => {
      buffers[1] = this.#shapes.of([...shape, slices, digit, isNucleus]);
      this.#passes.dispatch(pass, step, buffers, groups);
    };
    if (slices === 1) {
      add(entry, [rows, 1]);
    } else {
      buffers[11] = this.#parts.of(rows * slices * PART_BYTES);
      buffers[12] = this.#searches.of(rows * SEARCH_BYTES);
      add('shapeSlice', [slices, rows]);
      add('powerSlice', [slices, rows]);
      const { topK, topP } = this.#truncation;
      const search = (isNucleus: 0 | 1) => {
        for (const digit of DIGITS) {
          add('countSlice', [slices, rows], digit, isNucleus);
          add('chooseRow', [rows, 1], digit, isNucleus);
        }
        add('sumSlice', [slices, rows]);
      };
      if (topK > 0 && topK < shape[0]) search(0);
      if (topP < 1) search(1);
      add(entry === 'draft' ? 'drawSlice' : 'judgeSlice', [slices, rows]);
      add(entry === 'draft' ? 'drawRow' : 'judgeRow', [rows, 1]);
    }
    pass.end();
  }
}

function flagsOf({ mask, bias, counts }: Constraints): number {
  return (mask ? FLAGS.mask : 0) | (bias ? FLAGS.bias : 0) | (counts ? FLAGS.counts : 0);
}
