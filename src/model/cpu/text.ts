import { Tokenizer } from '@huggingface/tokenizers';
import type { Tokenizer as TextTokenizer } from '../../core/loop/person';
import { type AnsweredTurn, encodeTurns } from '../../core/loop/splice';
import type { TokenId } from '../../core/types';
import type { ModelConfig } from './weights';

/** A model's tokenizer and chat template, as web-llm has them. */
export class ChatText implements TextTokenizer {
  readonly stopTokens: ReadonlySet<TokenId>;
  /** Of the chat template: text that ends an answer. */
  readonly stopStrings: readonly string[];
  readonly #tokenizer: Tokenizer;
  readonly #template: ModelConfig['conv_template'];

  /** @param tokenizer the content of tokenizer.json */
  constructor(config: ModelConfig, tokenizer: object) {
    this.#template = config.conv_template;
    this.stopTokens = new Set(config.conv_template.stop_token_ids);
    this.stopStrings = config.conv_template.stop_str.filter((text) => text !== '');
    this.#tokenizer = new Tokenizer(tokenizer, {});
  }

  encodeChat(question: string, turns: readonly AnsweredTurn[]): TokenId[] {
    const prefix = this.#template.system_prefix_token_ids ?? [];
    return [...prefix, ...encodeTurns(question, turns, (written) => [this.#text(question, written)], this)];
  }

  #text(question: string, turns: readonly AnsweredTurn[]): string {
    const { roles, role_content_sep: behindRole, role_empty_sep: behindLast, seps } = this.#template;
    const [separator] = seps;
    const message = (role: string, text: string) => `${role}${behindRole}${text}${separator}`;
    const before = turns.map((turn) => message(roles.user, turn.question) + message(roles.assistant, turn.answer)).join('');
    return `${before}${message(roles.user, question)}${roles.assistant}${behindLast}`;
  }

  encode(text: string): TokenId[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly TokenId[]): string {
    return this.#tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}
