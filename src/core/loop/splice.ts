import type { TokenId } from '../types';
import type { Tokenizer } from './person';

/** Stands for an answer in a chat template; a private-use character, which no tokenizer and no template gives a meaning. */
const FIRST_MARK = 0xe000;

/** An earlier turn: what was asked, what was answered and, where they are known, the answer's tokens. */
export interface AnsweredTurn {
  readonly question: string;
  readonly answer: string;
  readonly ids?: readonly TokenId[];
}

/**
 * The ids of a conversation in a chat template, with the ids of earlier answers kept as they were written and everything else tokenized again.
 *
 * @param write the template's text of the whole conversation, in its parts
 * @param system what else a person wrote into it: its system message
 */
export function encodeTurns(
  question: string,
  turns: readonly AnsweredTurn[],
  write: (turns: readonly AnsweredTurn[]) => readonly string[],
  tokenizer: Pick<Tokenizer, 'encode'>,
  system = '',
): TokenId[] {
  const mark = freeMark([question, system, ...turns.flatMap((turn) => [turn.question, turn.answer])]);
  const known = turns.flatMap(({ ids }) => (ids ? [ids] : []));
  const parts = write(turns.map((turn) => (turn.ids ? { ...turn, answer: mark } : turn)));
  let next = 0;
  return parts.flatMap((part) =>
    part.split(mark).flatMap((piece, i) => [...(i > 0 ? (known[next++] ?? []) : []), ...encoded(piece, tokenizer)]),
  );
}

function encoded(text: string, tokenizer: Pick<Tokenizer, 'encode'>): readonly TokenId[] {
  return text === '' ? [] : tokenizer.encode(text);
}

function freeMark(texts: readonly string[]): string {
  for (let code = FIRST_MARK; ; code++) {
    const mark = String.fromCharCode(code);
    if (!texts.some((text) => text.includes(mark))) return mark;
  }
}
