import type { Detokenizer, Drafter, DraftLimits, Proposal, TokenId } from '../types';
import { proposalOf } from './proposal';
import { wellFormed } from './text';

/** Text into ids and back. */
export interface Tokenizer extends Detokenizer {
  encode(text: string): readonly TokenId[];
}

/** What a person is asked: to draft after the text so far. */
export interface PersonQuestion {
  /** Most tokens that will be judged; what is typed beyond them is left out. */
  readonly most: number;
}

/** Answers with what a person typed, blanks included, or with null if the person passes. */
export type AskPerson = (question: PersonQuestion) => Promise<string | null>;

/** Tokens of the text so far that decide how the typed text after them is tokenized. */
const TAIL = 16;
/** Longer than any token that is worth guessing, in UTF-16 units: as much as is looked at for every token that may be judged. */
const LONGEST_TOKEN = 32;

/** The run that a person drafts. */
export interface PersonSetup {
  readonly tokenizer: Tokenizer;
  /** The target's. */
  readonly vocabularySize: number;
  /** Where the output begins in the history. */
  readonly promptLength: number;
  readonly ask: AskPerson;
  /** Milliseconds, the run's own. */
  readonly clock: () => number;
}

/** Drafts what a person types, each token with probability 1, as a draft that is looked up. No model; it waits as long as it takes. */
export class PersonDrafter implements Drafter {
  readonly #setup: PersonSetup;
  #waitedMs = 0;
  #waitingSince: number | null = null;

  constructor(setup: PersonSetup) {
    this.#setup = setup;
  }

  get waitedMs(): number {
    return this.#waitedMs + (this.#waitingSince === null ? 0 : this.#setup.clock() - this.#waitingSince);
  }

  async propose(history: readonly TokenId[], { person: most = 0 }: DraftLimits): Promise<Proposal | null> {
    if (most === 0) return null;
    const { tokenizer, vocabularySize, promptLength, ask, clock } = this.#setup;
    this.#waitingSince = clock();
    const typed = await ask({ most });
    this.#waitedMs = this.waitedMs;
    this.#waitingSince = null;
    if (typed === null) return null;
    // The cut may leave half of a character.
    const readable = wellFormed(typed.slice(0, most * LONGEST_TOKEN));
    const ids = tokenizeTyped(readable, history.slice(promptLength), tokenizer);
    const outside = ids.findIndex((id) => id >= vocabularySize);
    const known = ids.slice(0, outside === -1 ? most : Math.min(most, outside));
    return known.length === 0 ? null : proposalOf('person', known);
  }
}

/**
 * The ids of `typed` after `output`: as the tokenizer cuts both together, where that leaves the output's own ids as they are, otherwise as it cuts
 * `typed` alone, as when a word that the output has begun is finished.
 */
export function tokenizeTyped(typed: string, output: readonly TokenId[], tokenizer: Tokenizer): readonly TokenId[] {
  const tail = output.slice(-TAIL);
  const together = tokenizer.encode(tokenizer.decode(tail) + typed);
  const kept = together.length > tail.length && tail.every((id, i) => id === together[i]);
  return kept ? together.slice(tail.length) : tokenizer.encode(typed);
}

/**
 * `typed` as the draft that goes on from `text`. A blank more or less is not to be guessed: between two words stands one, none at the beginning of
 * a text, after a space, before a line break or at the end. Spaces after a line break indent a line, and stay.
 */
export function tidyTyped(typed: string, text: string): string {
  const single = typed.replace(/[^\S\n]+(?=\n)|(?<=\S)[^\S\n]+$/g, '').replace(/(?<=\S)[^\S\n]+/g, ' ');
  if (text.endsWith('\n')) return single;
  return single.replace(/^[^\S\n]+/, text === '' || /\s$/.test(text) ? '' : ' ');
}
