import { COMMITTED_VERDICTS, type EndEvent, type RoundEvent, type RunToken } from '../core/types';

/** A token, and where it begins in the text of all that its run gives out. */
export interface PlacedToken extends RunToken {
  readonly at: number;
}

/** A part of an answer: whole characters, and the tokens that begin in it. */
export interface TextPiece {
  readonly text: string;
  readonly tokens: readonly PlacedToken[];
}

/** The text of one answer while it comes. Text that may belong to a stop string waits until it is known, and so do the tokens that begin in it. */
export class AnswerText {
  readonly #stops: readonly string[];
  /** The length of what was given out. */
  #given = 0;
  #waiting = '';
  /** Of which nothing was given out. */
  #tokens: PlacedToken[] = [];

  /** @param stops the request's and the chat template's */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Adds what a round has committed. @returns what may be given out now */
  push({ tokens }: RoundEvent): TextPiece {
    for (const token of tokens) {
      if (!COMMITTED_VERDICTS.has(token.verdict)) continue;
      this.#tokens.push({ ...token, at: this.#given + this.#waiting.length });
      this.#waiting += token.text;
    }
    const kept = Math.max(0, ...this.#stops.map((stop) => overlap(this.#waiting, stop)));
    const found = this.#stops.map((stop) => this.#waiting.indexOf(stop)).filter((at) => at !== -1);
    return this.#take(found.length > 0 ? Math.min(...found) : this.#waiting.length - kept);
  }

  /** What is left once the run has ended, without a stop string, and without the token that ended it. */
  end(end: EndEvent): TextPiece {
    const at = end.reason === 'stop' && end.stopString !== null ? this.#waiting.indexOf(end.stopString) : -1;
    if (at !== -1) return this.#take(at);
    const { text, tokens } = this.#take(this.#waiting.length);
    const last = end.reason === 'stop' && end.stopString === null ? -1 : this.#tokens.length;
    return { text, tokens: [...tokens, ...this.#tokens.slice(0, last)] };
  }

  #take(length: number): TextPiece {
    const text = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(length);
    this.#given += text.length;
    const tokens = this.#tokens.filter(({ at }) => at < this.#given);
    this.#tokens = this.#tokens.slice(tokens.length);
    return { text, tokens };
  }
}

/** How much of the end of `text` may be the beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}
