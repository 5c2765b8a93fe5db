import { committedTokens } from '../run/tally';
import type { Candidate, Candidates, Detokenizer, NamedCandidate, RunEvent, TokenId } from '../types';

/** What a detokenizer writes for bytes that are not a whole character. */
const INCOMPLETE_END = /\uFFFD+$/u;

/** A character has four bytes at most, so tokens that are UTF-8 never wait longer for the next one. */
const LONGEST_CHARACTER = 4;

/**
 * The text that each token adds to what was committed before it. A token that ends inside a UTF-8 character adds what
 * stands before that character; the one that completes it adds the character.
 *
 * Decodes a short window instead of the whole history, as streaming servers do: the tokens since the last character
 * boundary, with those since the boundary before as context, since some tokenizers treat the first token of a text, or
 * a row of byte tokens, as a whole.
 */
export class TextStream {
  readonly #detokenizer: Detokenizer;
  /** The context, then the committed tokens since. */
  #window: TokenId[] = [];
  #context = 0;
  /** How much of the window's text has been given out. */
  #given = 0;
  /** Tokens in a row that added nothing while a character was incomplete. */
  #waiting = 0;

  constructor(detokenizer: Detokenizer) {
    this.#detokenizer = detokenizer;
  }

  /** The text that `id` would add after the committed tokens and `ahead`, committing nothing; incomplete characters show as U+FFFD. */
  peek(id: TokenId, ahead: readonly TokenId[] = []): string {
    const before = this.#detokenizer.decode([...this.#window, ...ahead]);
    const after = this.#detokenizer.decode([...this.#window, ...ahead, id]);
    const kept = after.startsWith(before) ? before : before.replace(INCOMPLETE_END, '');
    return after.startsWith(kept) ? after.slice(kept.length) : this.#detokenizer.decode([id]);
  }

  /** Commits `id` and returns the text that it adds. */
  push(id: TokenId): string {
    this.#window.push(id);
    const decoded = this.#detokenizer.decode(this.#window);
    const complete = decoded.replace(INCOMPLETE_END, '');
    this.#waiting = complete.length > this.#given ? 0 : this.#waiting + 1;
    // Bytes that do not complete in time are not UTF-8, and stay as they are.
    const atBoundary = complete === decoded || this.#waiting >= LONGEST_CHARACTER;
    const text = (atBoundary ? decoded : complete).slice(this.#given);
    if (atBoundary) this.#startWindow();
    else this.#given = Math.max(this.#given, complete.length);
    return text;
  }

  #startWindow(): void {
    this.#window = this.#window.slice(this.#context);
    this.#context = this.#window.length;
    this.#given = this.#detokenizer.decode(this.#window).length;
    this.#waiting = 0;
  }
}

/** Names candidates by the text of each token alone. The same few come up again and again, so each is decoded once. */
export class CandidateNames {
  readonly #detokenizer: Detokenizer;
  readonly #texts = new Map<TokenId, string>();

  constructor(detokenizer: Detokenizer) {
    this.#detokenizer = detokenizer;
  }

  of(candidates: Candidates | null): Candidates<NamedCandidate> | null {
    if (!candidates) return null;
    const named = (list: readonly Candidate[]) => list.map((candidate) => ({ ...candidate, text: this.#text(candidate.id) }));
    return { p: named(candidates.p), q: named(candidates.q), residual: named(candidates.residual) };
  }

  #text(id: TokenId): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const text = this.#detokenizer.decode([id]);
    this.#texts.set(id, text);
    return text;
  }
}

/** Finds the first of some strings that a growing text comes to hold. */
export class StopStrings {
  readonly #strings: readonly string[];
  readonly #longest: number;
  /** As much of the text's end as a string that is not complete yet may begin in. */
  #end = '';

  /** @param strings none of them empty */
  constructor(strings: readonly string[]) {
    this.#strings = strings;
    this.#longest = Math.max(0, ...strings.map(({ length }) => length));
  }

  /** Adds `text`. @returns the string that is complete now, of several the one that begins first; null if none is complete */
  push(text: string): string | null {
    if (this.#longest === 0) return null;
    this.#end += text;
    const found = this.#strings.map((string) => ({ string, at: this.#end.indexOf(string) })).filter(({ at }) => at !== -1);
    this.#end = this.#end.slice(Math.max(0, this.#end.length - this.#longest + 1));
    return found.sort((a, b) => a.at - b.at)[0]?.string ?? null;
  }
}

/**
 * The text of a run as its user asked for it: without the stop string that ended it, and without the text after that. The run ended with the first
 * token by which its text held the string, so the first place of the string is the one that ended it, however often the last token repeats it.
 */
export function outputText(events: readonly RunEvent[]): string {
  const text = committedTokens(events)
    .map((token) => token.text)
    .join('');
  const end = events.at(-1);
  const stopString = end?.type === 'end' && end.reason === 'stop' ? end.stopString : null;
  const at = stopString === null ? -1 : text.indexOf(stopString);
  return at === -1 ? text : text.slice(0, at);
}

/** `text` with U+FFFD for every half of a surrogate pair that stands alone, as UTF-8 has it: what a tokenizer can be given. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}
