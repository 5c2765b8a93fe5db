import { GrammarCompiler, GrammarMatcher, TokenizerInfo } from '@mlc-ai/web-xgrammar';
import type { Matcher } from '../../src/model/grammar';

/** Ids 0 to 255 are the bytes; what follows ends an answer. */
export const STOP = 256;

/** As byte-level tokenizers write the bytes: what is printed stands for itself, the others for the characters from U+0100 on. */
const LETTERS = Array.from({ length: 256 }, (_, byte) => {
  const printed = (code: number) => (code > 0x20 && code < 0x7f) || (code > 0xa0 && code !== 0xad);
  const before = Array.from({ length: byte }, (_, code) => code).filter((code) => !printed(code)).length;
  return String.fromCodePoint(printed(byte) ? byte : 256 + before);
});

/** xgrammar as web-llm has it, with a vocabulary of single bytes. Nothing that it gives out outlives the test's process, so nothing is disposed of. */
export async function matcherOf(grammar: string): Promise<Matcher> {
  const info = await TokenizerInfo.createTokenizerInfo([...LETTERS, '</s>'], 'byte_level', false, STOP + 1, [STOP]);
  const compiler = await GrammarCompiler.createGrammarCompiler(info);
  return GrammarMatcher.createGrammarMatcher(await compiler.compileGrammar(grammar));
}

export async function allowedIds(matcher: Matcher): Promise<number[]> {
  const words = await matcher.getNextTokenBitmask();
  return Array.from({ length: STOP + 1 }, (_, id) => id).filter((id) => ((words[id >> 5] as number) >>> (id & 31)) & 1);
}

/** What becomes of `text`, after which the matcher is as it was: an answer, the beginning of one, or neither. */
export async function judgement(matcher: Matcher, text: string | Uint8Array): Promise<'answer' | 'beginning' | 'neither'> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const refused = bytes.findIndex((byte) => !matcher.acceptToken(byte));
  const answer = refused === -1 && (await allowedIds(matcher)).includes(STOP);
  matcher.rollBack(refused === -1 ? bytes.length : refused);
  return answer ? 'answer' : refused === -1 ? 'beginning' : 'neither';
}
