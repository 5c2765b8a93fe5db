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

  /** As web-llm writes a conversation, message by message. @param system message; the template's own where it is empty */
  encodeChat(question: string, turns: readonly AnsweredTurn[], system = ''): TokenId[] {
    const prefix = this.#template.system_prefix_token_ids ?? [];
    return [...prefix, ...encodeTurns(question, turns, (written) => this.#parts(question, written, system), this, system)];
  }

  #parts(question: string, turns: readonly AnsweredTurn[], given: string): string[] {
    const { roles, role_content_sep: afterRole, role_empty_sep: afterLast, seps, role_templates: templates } = this.#template;
    const system = this.#system(given);
    const messages = [
      ...turns.flatMap((turn) => [['user', turn.question] as const, ['assistant', turn.answer] as const]),
      ['user', question] as const,
    ];
    const written = messages.map(([role, text], index) => {
      const withRole = index > 0 || system === '' || this.#template.add_role_after_system_message;
      const content = templates[role]?.replace(`{${role}_message}`, () => text).replace('{function_string}', '') ?? text;
      return `${withRole ? roles[role] + afterRole : ''}${content}${seps[index % seps.length]}`;
    });
    return [system, ...written, `${roles.assistant}${afterLast}`];
  }

  #system(given: string): string {
    const { system_template: template, system_message: own, render_empty_system_message: rendersEmpty } = this.#template;
    const message = given === '' ? own : given;
    return message === '' && !rendersEmpty ? '' : template.replace('{system_message}', () => message);
  }

  encode(text: string): TokenId[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** A token as the tokenizer's file writes it; empty where it has none of that id. */
  token(id: TokenId): string {
    return this.#tokenizer.id_to_token(id) ?? '';
  }

  decode(ids: readonly TokenId[]): string {
    return this.#tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}
