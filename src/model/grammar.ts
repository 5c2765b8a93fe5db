import { FailureError } from '../core/failure';
import { formatName } from '../core/format/format';
import { type JudgedRow, judge } from '../core/loop/verify';
import type { ResponseFormat, RoundOutcome, TokenId } from '../core/types';

/** What web-llm's grammar matcher (xgrammar) does of what is needed here. */
export interface Matcher {
  acceptToken(id: TokenId): boolean;
  /** i32 [ceil(vocabulary / 32)]: bit id % 32 of word id / 32 says whether the token may come next. */
  getNextTokenBitmask(): Promise<Int32Array>;
  isTerminated(): boolean;
  rollBack(tokens: number): void;
}

/**
 * What `ask` asks of the matcher, which is a WebAssembly module: where it aborts it can no longer be asked anything, so that the worker must be begun again.
 *
 * @throws FailureError engine-lost
 */
export async function unbroken<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new FailureError('engine-lost', `The matcher of response formats broke: ${detail}`, 'Run again: the models load again.', cause);
  }
}

/** What a grammar is for. */
interface Setting {
  readonly format: ResponseFormat;
  readonly vocabularySize: number;
  readonly promptLength: number;
}

/** Which tokens may come next, position by position, in the run under way. */
export class TokenGrammar {
  readonly #matcher: Matcher;
  readonly #format: ResponseFormat;
  readonly #vocabularySize: number;
  /** Tokens of the history that the matcher has seen; it never sees the prompt. */
  #seen: number;
  /** Of the latest masks, the row for which there is no token; null: each has one. */
  #deadRow: number | null = null;

  constructor(matcher: Matcher, { format, vocabularySize, promptLength }: Setting) {
    this.#matcher = matcher;
    this.#format = format;
    this.#vocabularySize = vocabularySize;
    this.#seen = promptLength;
  }

  /** Takes in what has been committed since. @throws FailureError */
  async advance(history: readonly TokenId[]): Promise<void> {
    for (; this.#seen < history.length; this.#seen++) {
      const id = history[this.#seen] as TokenId;
      if (await unbroken(() => this.#matcher.isTerminated() || this.#matcher.acceptToken(id))) continue;
      throw new FailureError('internal', `Token ${id} was chosen against the grammar.`, 'Run again without a response format.');
    }
  }

  /**
   * Row i for the token after the first i of `drafts`, as far as the grammar lets them come; beyond that everything may,
   * since no draft that is refused has successors.
   *
   * @returns u32 [drafts + 1, ceil(vocabulary / 32)]
   * @throws FailureError format-dead-end where no token may come next, whatever is drafted
   */
  async masks(drafts: readonly TokenId[]): Promise<Uint32Array<ArrayBuffer>> {
    const words = Math.ceil(this.#vocabularySize / 32);
    const masks = new Uint32Array((drafts.length + 1) * words).fill(0xffffffff);
    this.#deadRow = null;
    for (let row = 0; row <= drafts.length; row++) {
      const mask = await this.#next(drafts.slice(0, row));
      if (!mask) break;
      if (!this.#allowsSome(mask)) {
        this.#deadRow = row;
        break;
      }
      masks.set(mask.subarray(0, words), row * words);
    }
    const dead = this.deadEnd(0);
    if (dead) throw dead;
    return masks;
  }

  /**
   * For the token after all of `drafts`.
   *
   * @returns u32 [ceil(vocabulary / 32)]; null where everything may come: after the end of an answer or a draft that may not come, and where there is no token, which `masks` tells of
   */
  async maskAfter(drafts: readonly TokenId[]): Promise<Uint32Array | null> {
    const mask = await this.#next(drafts);
    return mask && this.#allowsSome(mask) ? Uint32Array.from(mask) : null;
  }

  /** The matcher's mask after `drafts`, which it forgets again; null where they may not come, or the answer is at its end. */
  #next(drafts: readonly TokenId[]): Promise<Int32Array | null> {
    return unbroken(async () => {
      let accepted = 0;
      while (accepted < drafts.length && !this.#matcher.isTerminated() && this.#matcher.acceptToken(drafts[accepted] as TokenId))
        accepted++;
      const mask = accepted === drafts.length && !this.#matcher.isTerminated() ? await this.#matcher.getNextTokenBitmask() : null;
      if (accepted > 0) this.#matcher.rollBack(accepted);
      return mask;
    });
  }

  /** format-dead-end where no token may come after the first `accepted` drafts of the latest masks; else null. */
  deadEnd(accepted: number): FailureError | null {
    if (this.#deadRow === null || accepted < this.#deadRow) return null;
    const source = this.#format.type === 'grammar' ? this.#format.grammar : (this.#format.schema ?? 'any object');
    const excerpt = source.length > 80 ? `${source.slice(0, 80)}…` : source;
    return new FailureError(
      'format-dead-end',
      `The ${formatName(this.#format)} ${excerpt} leads nowhere from here: no token of this model fits it.`,
      `Change the ${formatName(this.#format)}, or run without a response format.`,
    );
  }

  /** Whether a token of the vocabulary is in `mask`; the last word may have bits beyond it. */
  #allowsSome(mask: Int32Array): boolean {
    const whole = Math.floor(this.#vocabularySize / 32);
    const last = (mask[whole] ?? 0) & (2 ** (this.#vocabularySize % 32) - 1);
    return mask.subarray(0, whole).some((word) => word !== 0) || last !== 0;
  }
}

/**
 * `judge`, where no draft is accepted behind a dead end of the format that `grammar` holds the run to, and with why no token can come next where all before it are.
 *
 * @param grammar null: the run has no format
 */
export function judgeHeld(rows: readonly JudgedRow[], grammar: TokenGrammar | null): Pick<RoundOutcome, 'drafts' | 'next' | 'deadEnd'> {
  const judged = judge(
    rows.map((row, i) => (row.draft && grammar?.deadEnd(i) ? { ...row, draft: { ...row.draft, accepted: false } } : row)),
  );
  const deadEnd = grammar?.deadEnd(judged.drafts.filter(({ verdict }) => verdict === 'accepted').length);
  return deadEnd ? { ...judged, deadEnd } : judged;
}
