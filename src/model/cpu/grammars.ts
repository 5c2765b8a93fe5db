import type * as XGrammar from '@mlc-ai/web-xgrammar';
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
    const xgrammar = await import('@mlc-ai/web-xgrammar');
    const matcher = await unbroken(() => this.#matcher(xgrammar, printed));
    return new TokenGrammar(matcher, { format, vocabularySize: this.#config.vocab_size, promptLength });
  }

  /** Frees what xgrammar's memory holds of the model, except a handle of each grammar that xgrammar itself loses. */
  close(): void {
    const [latest, compiler] = [this.#latest, this.#compiler];
    this.#latest = this.#compiler = null;
    latest?.matcher.dispose();
    compiler?.dispose();
  }

  /** From its beginning. Compiling takes long, so a grammar that comes again is not compiled again. */
  async #matcher(xgrammar: typeof XGrammar, printed: string): Promise<Matcher> {
    if (this.#latest?.printed === printed) {
      this.#latest.matcher.reset();
      return this.#latest.matcher;
    }
    this.#compiler ??= await this.#makeCompiler(xgrammar);
    const compiled = await this.#compiler.compileGrammar(printed);
    try {
      const matcher = await xgrammar.GrammarMatcher.createGrammarMatcher(compiled);
      this.#latest?.matcher.dispose();
      this.#latest = { printed, matcher };
      return matcher;
    } finally {
      compiled.dispose();
    }
  }

  /** Without xgrammar's own cache, which keeps every grammar that it ever compiled. */
  async #makeCompiler({ GrammarCompiler, TokenizerInfo }: typeof XGrammar): Promise<GrammarCompiler> {
    const { vocab_size: size, conv_template: template, tokenizer_info: how } = this.#config;
    const tokens = Array.from({ length: size }, (_, id) => this.#text.token(id));
    const { token_postproc_method: kind, prepend_space_in_encode: prepends } = how;
    const info = await TokenizerInfo.createTokenizerInfo(tokens, kind, prepends, size, template.stop_token_ids);
    try {
      return await GrammarCompiler.createGrammarCompiler(info, false);
    } finally {
      info.dispose();
    }
  }
}
