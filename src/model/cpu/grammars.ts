import type { GrammarCompiler, GrammarMatcher } from '@mlc-ai/web-xgrammar';
import { compileFormat } from '../../core/format/format';
import type { ResponseFormat } from '../../core/types';
import { type Matcher, TokenGrammar, unbroken } from '../grammar';
import type { ChatText } from './text';
import type { ModelConfig } from './weights';

/** The grammars of answers of one model: web-llm's matcher (xgrammar) of its vocabulary, without web-llm. */
export class Grammars {
  readonly #config: ModelConfig;
  readonly #text: ChatText;
  #compiler: GrammarCompiler | null = null;
  #latest: { readonly printed: string; readonly matcher: GrammarMatcher } | null = null;

  constructor(config: ModelConfig, text: ChatText) {
    this.#config = config;
    this.#text = text;
  }

  /**
   * The grammar of `format` for an answer that begins after `promptLength` tokens; the one before is used up.
   *
   * @throws FailureError invalid-setting where the schema or the grammar cannot be used; engine-lost where the matcher breaks
   */
  async grammar(format: ResponseFormat, promptLength: number): Promise<TokenGrammar> {
    const printed = compileFormat(format);
    const matcher = await unbroken(() => this.#matcher(printed));
    return new TokenGrammar(matcher, { format, vocabularySize: this.#config.vocab_size, promptLength });
  }

  /** Frees what xgrammar's memory holds of the model. */
  close(): void {
    this.#latest?.matcher.dispose();
    this.#compiler?.dispose();
    this.#latest = this.#compiler = null;
  }

  /** From its beginning. Compiling takes long, so a grammar that comes again is not compiled again. */
  async #matcher(printed: string): Promise<Matcher> {
    if (this.#latest?.printed === printed) {
      this.#latest.matcher.reset();
      return this.#latest.matcher;
    }
    const { GrammarMatcher } = await import('@mlc-ai/web-xgrammar');
    const compiler = await this.#makeCompiler();
    this.#latest?.matcher.dispose();
    this.#latest = null;
    const compiled = await compiler.compileGrammar(printed);
    try {
      this.#latest = { printed, matcher: await GrammarMatcher.createGrammarMatcher(compiled) };
    } finally {
      compiled.dispose();
    }
    return this.#latest.matcher;
  }

  async #makeCompiler(): Promise<GrammarCompiler> {
    if (this.#compiler) return this.#compiler;
    const { GrammarCompiler, TokenizerInfo } = await import('@mlc-ai/web-xgrammar');
    const { vocab_size: size, conv_template: template, tokenizer_info: how } = this.#config;
    const tokens = Array.from({ length: size }, (_, id) => this.#text.token(id));
    const info = await TokenizerInfo.createTokenizerInfo(
      tokens,
      how.token_postproc_method,
      how.prepend_space_in_encode,
      size,
      template.stop_token_ids,
    );
    this.#compiler = await GrammarCompiler.createGrammarCompiler(info);
    return this.#compiler;
  }
}
