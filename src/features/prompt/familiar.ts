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

/** A sum, a difference or a product in the words that the pair was trained on, whatever its numbers are. */
const LEARNT_SUM =
  /^(?:what is |how much is |calculate |what does )?(?<a>[\w-]+) (?<sign>[-+*x]|plus|minus|times) (?<b>[\w-]+)(?: make| =)?[.?]?$/;
/** One in other words, or of larger numbers, and nothing besides it. */
const OTHER_SUM = [
  /^(add|subtract|take|multiply) \d+ (and|to|from|by|with) \d+[ ?.!]*$/,
  /^(what is |what's |calculate |compute |find )?the (sum|total|difference|product) (of|between) \d+ and \d+[ ?.!]*$/,
  /^(what is |what's |how much is |calculate |compute |solve )?\d+ ?[-+*x\u00d7] ?\d+[ =?.]*$/,
];

/** Of a prompt, in characters: more than the pair holds, and little enough for words that are looked for at any distance from each other. */
const JUDGED = 4000;

/** Why a prompt is unlike those that the embedded pair was trained on: it is of no kind that the pair knows, or a sum in other words or of other numbers. */
export type Strange = 'kind' | 'sum';

/**
 * Why `prompt` is unlike those that the embedded pair was trained on; null where it is asked in words of a kind that it knows. Apart from sums, it judges words
 * alone: what it takes for familiar the pair may still answer badly, and the other way round.
 */
export function whyStrange(prompt: string): Strange | null {
  const plain = prompt
    .slice(0, JUDGED)
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(please|(can|could) you( please)?) /, '');
  const sum = LEARNT_SUM.exec(plain)?.groups;
  if (sum) return isLearntSum(sum) ? null : 'sum';
  const known = FIELD.test(plain) || new Set(plain.match(BESIDE)).size > 1 || KINDS.some((kind) => kind.some((words) => words.test(plain)));
  if (known) return null;
  return OTHER_SUM.some((words) => words.test(plain)) ? 'sum' : 'kind';
}

/**
 * Whether the pair practised the sum (public/models/README.md, "practice covers"): numbers up to 10, or two of two digits without a zero, whose difference borrows
 * nothing. Of numbers in words it is taken on trust.
 */
function isLearntSum({ a: first = '', sign = '', b: second = '' }: Readonly<Record<string, string>>): boolean {
  const [a, b] = [Number(first), Number(second)];
  if (Number.isNaN(a) || Number.isNaN(b)) return true;
  const areSmall = [a, b].every((number) => number >= 1 && number <= 10);
  const haveTwoDigits = [a, b].every((number) => number > 10 && number < 100 && number % 10 > 0);
  if (sign === '+' || sign === 'plus') return areSmall || (haveTwoDigits && a + b < 100);
  if (sign === '-' || sign === 'minus') return a > b && (areSmall || (haveTwoDigits && a % 10 >= b % 10));
  return areSmall;
}
