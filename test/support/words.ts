import type { Tokenizer } from '../../src/core/loop/person';

/** Words, line breaks, an indent, punctuation and a token without text, as a real vocabulary has them; ids are places. */
export const WORDS: readonly string[] = [
  ...['', '\n', '    ', ' fox', ' bell', ' river', 'ing', 'ed', '.', ',', ' "', '":', '{', '}', ' café', '\n\n'],
  ...[' the', ' a', ' who', ' ran', ' found', ' under', ' an', ' old', ' oak', '\t', ' 1', '2', '3', ' (', ')', ' def'],
];

/** Takes the longest of `words` that fits, again and again; what is in no word is left out. */
export function tokenizerOf(words: readonly string[]): Tokenizer {
  const longest = (text: string, at: number) =>
    words.reduce((best, word, id) => (text.startsWith(word, at) && word.length > (words[best]?.length ?? 0) ? id : best), 0);
  return {
    decode: (ids) => ids.map((id) => words[id]).join(''),
    encode: (text) => {
      const ids: number[] = [];
      for (let at = 0; at < text.length; ) {
        const found = longest(text, at);
        if (words[found] !== '') ids.push(found);
        at += words[found]?.length || 1;
      }
      return ids;
    },
  };
}
