import type { Detokenizer, TokenId } from './types';

const INCOMPLETE = '\uFFFD';

/**
 * The text that each token adds to what was committed before it. A token that ends inside a UTF-8 character adds
 * nothing; the one that completes it adds the character.
 *
 * Decodes a short window instead of the whole history: from the last token that ended on a character boundary, with the
 * one before it as context, since some tokenizers treat the first token of a text differently.
 */
export class TextStream {
  readonly #detokenizer: Detokenizer;
  /** Committed tokens of the window; the first `#read` are already in the text. */
  #window: TokenId[] = [];
  #read = 0;

  constructor(detokenizer: Detokenizer) {
    this.#detokenizer = detokenizer;
  }

  /** The text that `id` would add after the committed tokens and `ahead`, committing nothing; incomplete characters show as U+FFFD. */
  peek(id: TokenId, ahead: readonly TokenId[] = []): string {
    const before = this.#detokenizer.decode([...this.#window, ...ahead]);
    const after = this.#detokenizer.decode([...this.#window, ...ahead, id]);
    if (after.startsWith(before)) return after.slice(before.length);
    // `before` ended in an incomplete character that `id` changes.
    const stable = before.endsWith(INCOMPLETE) ? before.replace(/\uFFFD+$/u, '') : '';
    return after.startsWith(stable) ? after.slice(stable.length) : this.#detokenizer.decode([id]);
  }

  /** Commits `id` and returns the text that it adds. */
  push(id: TokenId): string {
    this.#window.push(id);
    const before = this.#detokenizer.decode(this.#window.slice(0, this.#read));
    const after = this.#detokenizer.decode(this.#window);
    // A window that never completes (bytes that are no UTF-8) is let through after four tokens, the longest character.
    if (after.endsWith(INCOMPLETE) && this.#window.length - this.#read < 4) return '';
    this.#window = this.#window.slice(-1);
    this.#read = this.#window.length;
    return after.slice(before.length);
  }
}
