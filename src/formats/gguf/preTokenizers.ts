/**
 * How a text is cut into words before pairs are merged in each of them, by `tokenizer.ggml.pre`. The names and what they share are llama.cpp's
 * (src/llama-vocab.cpp); the patterns are those of the models' own tokenizer.json, in the syntax that Rust's and the browser's regular expressions share.
 */
export interface PreTokenizer {
  /** Each cuts what the ones before left; what lies between two matches is a word as well. */
  readonly splits: readonly string[];
  /** Whether text is composed first (NFC). */
  readonly composed: boolean;
  /** Whether a word that is a token stays whole, even if no merges lead to it. */
  readonly wholeWords: boolean;
  /** Whether a text begins with the BOS token where the file does not say. */
  readonly bos: boolean;
}

// The characters themselves, not escapes, which differ as well. \s in a browser has U+FEFF and lacks U+0085; Unicode's White_Space, which Rust and Oniguruma use, is the other way round.
const SPACE = '\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
const SPACES_THEN_END = `[${SPACE}]+(?![^${SPACE}])`;
const CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d";
// U+017F is what a case-insensitive s matches as well.
const ANY_CASE = "'[sS\u017f]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]";

const GPT2 = `${CONTRACTIONS}| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${SPACES_THEN_END}|[${SPACE}]+`;
/** The pattern of OpenAI's cl100k_base, with runs of at most so many digits. */
const cl100k = (digits: string) =>
  [
    ANY_CASE,
    '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
    digits,
    ` ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n]*`,
    `[${SPACE}]*[\\r\\n]+`,
    SPACES_THEN_END,
    `[${SPACE}]+`,
  ].join('|');
const [UPPER, LOWER] = ['[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]', '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'];
/** The pattern of OpenAI's o200k_base, where a word ends before a capital, with what may stand behind a word. */
const o200k = (digits: string, behind: string) =>
  [
    ...[`[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${behind}`, `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${behind}`, digits],
    ...[` ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n/]*`, `[${SPACE}]*[\\r\\n]+`, SPACES_THEN_END, `[${SPACE}]+`],
  ].join('|');
const DEEPSEEK_V3 =
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*' +
  `|[${SPACE}]*[\\r\\n]+|${SPACES_THEN_END}|[${SPACE}]+`;
/** The letters of the alphabets with two cases, as DeepSeek's first tokenizer lists them; escaped are those that composing would change. */
const CASED =
  'A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃';

const plain = { composed: false, wholeWords: false, bos: false };
const gpt2: PreTokenizer = { ...plain, splits: [GPT2] };
const singleDigits: PreTokenizer = { ...plain, splits: ['\\p{N}', GPT2] };
const llama3: PreTokenizer = { splits: [cl100k('\\p{N}{1,3}')], composed: false, wholeWords: true, bos: true };
const qwen2: PreTokenizer = { ...plain, splits: [cl100k('\\p{N}')], composed: true };
const gpt4o: PreTokenizer = { ...plain, splits: [o200k('\\p{N}{1,3}', `(?:${ANY_CASE})?`)] };

export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ...['gpt-2', 'phi-2', 'olmo', 'mpt', 'exaone4', 'trillion', 'granite-docling', 'mellum'].map((name) => [name, gpt2] as const),
  ...['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b', 'mellum2'].map(
    (name) => [name, singleDigits] as const,
  ),
  ...['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'pixtral', 'midm-2.0'].map((name) => [name, llama3] as const),
  ...['dbrx', 'smaug-bpe'].map((name) => [name, { ...llama3, wholeWords: false, bos: false }] as const),
  ...['qwen2', 'deepseek-r1-qwen', 'megrez', 'stablelm2'].map((name) => [name, qwen2] as const),
  ...['gpt-4o', 'llama4', 'kanana2'].map((name) => [name, gpt4o] as const),
  ['tekken', { ...plain, splits: [o200k('\\p{N}', '')], wholeWords: true, bos: true }],
  [
    'deepseek-llm',
    {
      ...plain,
      splits: [
        ...['[\\r\\n]', `[${SPACE}]?[${CASED}]+`, `[${SPACE}]?[!-/:-~！-／：-～‘-‟\u3000-。]+`],
        ...[`[${SPACE}]+$`, '[一-龥\u0800-一가-\ud7ff]+', '\\p{N}+'],
      ],
    },
  ],
  [
    'deepseek-coder',
    { ...plain, splits: ['[\\r\\n]', `[${SPACE}]?\\p{L}+`, `[${SPACE}]?\\p{P}+`, '[一-龥\u0800-一가-\ud7ff]+', '\\p{N}'] },
  ],
  ['deepseek-v3', { ...plain, splits: ['\\p{N}{1,3}', '[一-龥぀-ゟ゠-ヿ]+', DEEPSEEK_V3] }],
  ['default', { ...plain, splits: ['[\\p{P}\\$\\+<=>\\^~\\|]+', GPT2, '\\p{N}+', '[0-9][0-9][0-9]'] }],
]);
