import { FailureError } from '../../core/failure';
import type { ResponseFormat, TokenId } from '../../core/types';

/** What web-llm's grammar matcher (xgrammar) does of what is needed here. */
export interface Matcher {
  acceptToken(id: TokenId): boolean;
  /** i32 [ceil(vocabulary / 32)]: bit id % 32 of word id / 32 says whether the token may come next. */
  getNextTokenBitmask(): Promise<Int32Array>;
  isTerminated(): boolean;
  rollBack(tokens: number): void;
}

/** JSON as RFC 8259 has it, an object at its root. */
const JSON_OBJECT = `
root ::= object
object ::= "{" space (pair ("," space pair)*)? "}" space
pair ::= string space ":" space value
array ::= "[" space (value ("," space value)*)? "]" space
value ::= object | array | (string | number | "true" | "false" | "null") space
string ::= "\\"" character* "\\""
character ::= [^"\\\\\\x00-\\x1f] | "\\\\" (["\\\\/bfnrt] | "u" hex hex hex hex)
hex ::= [0-9a-fA-F]
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [+-]? [0-9]+)?
space ::= [ \\t\\n\\r]*
`;

/** A format as web-llm's response_format. Its JSON mode without a schema fails in 0.2.86, so that comes as a grammar. */
export function webllmFormat(format: ResponseFormat): { type: 'json_object'; schema: string } | { type: 'grammar'; grammar: string } {
  if (format.type === 'grammar') return { type: 'grammar', grammar: format.grammar };
  return format.schema === null ? { type: 'grammar', grammar: JSON_OBJECT } : { type: 'json_object', schema: format.schema };
}

/** Which tokens may come next, position by position, in the run under way. */
export class TokenGrammar {
  readonly #matcher: Matcher;
  readonly #words: number;
  /** Tokens of the history that the matcher has seen; the prompt is none of its business. */
  #seen: number;

  constructor(matcher: Matcher, vocabularySize: number, promptLength: number) {
    this.#matcher = matcher;
    this.#words = Math.ceil(vocabularySize / 32);
    this.#seen = promptLength;
  }

  /** Takes in what has been committed since. */
  advance(history: readonly TokenId[]): void {
    for (; this.#seen < history.length; this.#seen++) {
      const id = history[this.#seen] as TokenId;
      if (this.#matcher.isTerminated() || this.#matcher.acceptToken(id)) continue;
      throw new FailureError('internal', `Token ${id} was chosen against the grammar.`, 'Run again without a response format.');
    }
  }

  /**
   * Row i for the token after the first i of `drafts`, as far as the grammar lets them come; beyond that everything may,
   * since no draft that is refused has successors.
   *
   * @returns u32 [drafts + 1, ceil(vocabulary / 32)]
   */
  async masks(drafts: readonly TokenId[]): Promise<Uint32Array<ArrayBuffer>> {
    const masks = new Uint32Array((drafts.length + 1) * this.#words).fill(0xffffffff);
    let accepted = 0;
    for (let row = 0; row <= drafts.length && !this.#matcher.isTerminated(); row++) {
      masks.set(await this.#matcher.getNextTokenBitmask(), row * this.#words);
      if (row === drafts.length || !this.#matcher.acceptToken(drafts[row] as TokenId)) break;
      accepted++;
    }
    if (accepted > 0) this.#matcher.rollBack(accepted);
    return masks;
  }
}
