import type { RunToken } from '../types';

/** What a token is part of, roughly; `words` are those that are neither common nor names. */
export type TokenKind = 'common' | 'words' | 'names' | 'punctuation' | 'numbers' | 'code';

export const TOKEN_KINDS: readonly TokenKind[] = ['common', 'words', 'names', 'punctuation', 'numbers', 'code'];

/** The most frequent words of English: function words, and what comes close to them. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'a an the and or but so if then than that this these those there here it its he she they we you i me him her them us my your his our ' +
    'their who what which when where why how not no yes is are was were be been being am do does did done have has had will would can could ' +
    'shall should may might must of to in on at by for from with without into onto out over under up down off about after before between as ' +
    'all some any each every one more most other such only own same just very too also again once said'
  ).split(' '),
);

/** A line that begins as a statement does, ends as a block or a call does, names a key of an object, or is one bracket. */
const CODE_LINE =
  /^\s*(def|return|import|from\s+\w+\s+import|elif|else:|class|const|let|var|function|print\(|for\s+\w+\s+in\b.*:|while\b.*:|if\b.*:\s*$)|[{}[\];]\s*,?\s*$|^\s*"[^"]*"\s*:|^\s*[}\])],?\s*$|^\s*\w+(\[\w+\])?\s*[-+*/]?=\s/;
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?|\p{N}[\p{N}.,:%]*/gu;
const LETTERS_OR_DIGITS = /[\p{L}\p{N}]/u;
/** What precedes the beginning of a sentence. */
const SENTENCE_START = /(?:^|[.!?:\n])["'”’)\s]*["'“‘(]?\s*$/u;

/**
 * The kind of each of `tokens`, which are a text from its beginning: by the line and the word that it lies in, not by its own letters alone,
 * since a word may be several tokens. Rules, the first that holds: blanks and line ends are `punctuation`; a token in a line that looks like
 * code is `code`; one without letters or digits is `punctuation` as well; one in a word that begins with a digit, `numbers`; in a word with a
 * capital within a sentence, or at its beginning where the same word has one within another, `names`; in one of the list above, `common`;
 * else `words`. A guess from the surface of an English text, and no more.
 */
export function tokenKinds(tokens: readonly RunToken[]): TokenKind[] {
  const text = tokens.map((token) => token.text).join('');
  const words = [...text.matchAll(WORD)].map((match) => ({ word: match[0], from: match.index, to: match.index + match[0].length }));
  const isCapital = (word: string) => /^\p{Lu}/u.test(word) && !/^I(['’]|$)/.test(word);
  const begins = (from: number) => SENTENCE_START.test(text.slice(Math.max(0, from - 24), from));
  const names = new Set(words.filter(({ word, from }) => isCapital(word) && !begins(from)).map(({ word }) => word.replace(/['’].*/, '')));
  const code = codeRanges(text);
  let at = 0;
  let next = 0;
  return tokens.map(({ text: own }): TokenKind => {
    const [from, to] = [at, at + own.length];
    at = to;
    const first = from + own.search(/\S|$/);
    if (first === to) return 'punctuation';
    if (code.some((range) => first >= range.from && first < range.to)) return 'code';
    if (!LETTERS_OR_DIGITS.test(own)) return 'punctuation';
    while (next < words.length && (words[next]?.to ?? 0) <= first) next++;
    const found = words[next];
    if (!found || found.from >= to) return 'words';
    if (/^\p{N}/u.test(found.word)) return 'numbers';
    const bare = found.word.replace(/['’].*/, '');
    if (isCapital(found.word) && names.has(bare)) return 'names';
    return COMMON.has(bare.toLowerCase()) ? 'common' : 'words';
  });
}

/** Where the lines that look like code are, each without its line end. */
function codeRanges(text: string): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    if (CODE_LINE.test(line)) ranges.push({ from, to: from + line.length });
    from += line.length + 1;
  }
  return ranges;
}
