/** Kinds of text that the embedded pair was trained on, each with the words that its prompts are asked in. */
const KINDS: readonly (readonly RegExp[])[] = [
  // Stories.
  [/\b(story|fairy tale)\b/],
  // JSON.
  [/\bjson\b/],
  // Functions.
  [/\b(python|typescript)\b/, /\bfunction (that|which)\b/],
  // Counts and sums.
  [
    /\bcount (down|up|to|from|backwards)\b/,
    /\b(list|write) the (\w+ )?numbers (from|up to)\b/,
    /\btimes table\b/,
    /\b\d+ even or odd\b|\b(which number|what) comes after \d/,
    /^(what is |how much is |calculate |what does )?[\w-]+ ([-+*x]|plus|minus|times) [\w-]+( make| =)?[.?]?$/,
    /\bhas \d+ .*\bhow many\b/,
  ],
  // Copies.
  [
    /^(repeat|copy|say|write)( (this|after|that|it|me|text|exactly|again|but|and)\b)*[^:]*:/,
    /^(change|replace|rewrite)\b[^:]*\b(to|with|of)\b[^:]*:/,
  ],
  // Lists without a pattern.
  [/\brandom (words|numbers|names|letters)\b/, /\bnothing to do with each other\b/, /\b(invent|list|make up|give me)\b.*\bnames\b/],
  // A little that everyone knows, and greetings.
  [
    /\b(capital|opposite) of\b/,
    /\b(days of the week|months of the year)\b/,
    /\b(day|month) (comes|is) (after|before)\b/,
    /^(hello|hi|hey|good (morning|evening|night)|thanks?|goodbye|bye|see you|help[?!.]*$)\b/,
    /\b(who|what|how) are you\b|\bwhat can you do\b|\bforetoken\b|\bthis page\b|\bhow is it going\b|\bthank you\b/,
  ],
];

/** Words of speculative decoding that say by themselves what is meant. */
const FIELD =
  /\b(speculat\w+|decoding|verification|tokens?|draft (model|length|tokens?)|drafted|acceptance|residual|kv cache|n-gram|prompt lookup|language models?|break-?even|gamma|greedy|lossless|intern|speedup|rejected|correction|cost ratio|the draft be|the guess|a round|(smaller|different|which) model)\b|\bwhat (is|does) temperature\b/;
/** Those that say it two at a time. */
const BESIDE =
  /\b(draft|target|guess(es)?|round|pass|verif\w+|verify|accept(ed)?|reject(ed|ion)?|bonus|corrected|correction|output|speedup|faster|slower|temperature|alpha|cache|cost|price|memory|quality|baseline|plain|model|checking|quantization)\b/g;

/**
 * Whether `prompt` is asked in words of a kind that the embedded pair was trained on. It judges words alone: what it takes for familiar the pair may
 * still answer badly, and the other way round.
 */
export function isFamiliar(prompt: string): boolean {
  const plain = prompt
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(please|(can|could) you( please)?) /, '');
  return FIELD.test(plain) || new Set(plain.match(BESIDE)).size > 1 || KINDS.some((kind) => kind.some((words) => words.test(plain)));
}
