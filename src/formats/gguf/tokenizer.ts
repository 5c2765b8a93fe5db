import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { END_MARKS } from '../../core/endMarks';
import { FailureError } from '../../core/failure';
import { tokenizerContent } from '../tokenizerContent';
import type { Facts } from './metadata';
import { PRE_TOKENIZERS, type PreTokenizer } from './preTokenizers';
import { invalid, quoted, unsupported } from './refusals';

/** A file's byte-level BPE tokenizer. */
export interface GgufTokenizer {
  /** By id. */
  readonly tokens: readonly string[];
  /** Pairs of tokens that become one, the first first. */
  readonly merges: readonly (readonly [string, string])[];
  /** Ids that a text is searched for before it is cut into words; true where the token is a control token. */
  readonly added: ReadonlyMap<number, boolean>;
  readonly pre: PreTokenizer;
  readonly preName: string;
  /** The token that every text begins with; undefined where none does. */
  readonly prefix: number | undefined;
  readonly bos: number | undefined;
  /** Ids that end an answer, whatever the chat template says. */
  readonly ends: readonly number[];
  /** Of its content (`tokenizerContent`). */
  readonly fingerprint: string;
}

/** `tokenizer.ggml.token_type`: control tokens, and those that a user added. */
const [CONTROL, USER_DEFINED] = [3, 4];
const KINDS: ReadonlyMap<string, string> = new Map([
  ['llama', 'SentencePiece'],
  ['bert', 'WordPiece'],
  ['t5', 'unigram'],
  ['rwkv', 'RWKV'],
]);
const CHOOSE = 'Choose a model with a byte-level BPE tokenizer: SmolLM2, Llama 3, Qwen2.5 or Qwen3.';

/** @throws FailureError gguf-unsupported for another kind of tokenizer, gguf-invalid where the file contradicts itself */
export function readTokenizer(facts: Facts): GgufTokenizer {
  const model = facts.string('tokenizer.ggml.model');
  if (model !== 'gpt2') throw unsupported(`its tokenizer is of the kind ${KINDS.get(model) ?? quoted(model)}`, CHOOSE);
  if (!facts.has('tokenizer.ggml.pre')) {
    throw unsupported('it does not say how its tokenizer cuts words', 'Choose a file made after April 2024.');
  }
  const preName = facts.string('tokenizer.ggml.pre');
  const pre = PRE_TOKENIZERS.get(preName);
  if (!pre) throw unsupported(`its tokenizer cuts words in the way ${quoted(preName)}`, CHOOSE);
  const tokens = facts.strings('tokenizer.ggml.tokens');
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length) throw invalid(`${tokens.length - ids.size} of its ${tokens.length} tokens are there twice`);
  const types = facts.numbers('tokenizer.ggml.token_type');
  if (types.length !== tokens.length) throw invalid(`it has types of ${types.length} tokens, and ${tokens.length} tokens`);
  const merges = facts.strings('tokenizer.ggml.merges').map((merge) => readMerge(merge, ids));
  const special = (name: string) => facts.token(`tokenizer.ggml.${name}_token_id`, tokens.length);
  const added = new Map(
    [...types.entries()].flatMap(([id, type]) => (type === CONTROL || type === USER_DEFINED ? [[id, type === CONTROL]] : [])),
  );
  for (const id of added.keys()) if (tokens[id] === '') throw invalid(`its token ${id} is empty`);
  // They end an answer by their names alone, where the file calls them control tokens.
  const named = [...added.keys()].filter((id) => END_MARKS.has(tokens[id] ?? ''));
  const ends = new Set([special('eos'), special('eot'), special('eom'), ...named].filter((id) => id !== undefined));
  const bos = special('bos');
  const prefix = facts.flag('tokenizer.ggml.add_bos_token', pre.bos) ? bos : undefined;
  const content = tokenizerContent({
    tokens: tokens.map((token, id) => [token, id]),
    merges: merges.map((merge) => merge.join(' ')),
    added: [...added.keys()].map((id) => [tokens[id] ?? '', id]),
  });
  const fingerprint = bytesToHex(sha256(utf8ToBytes(content)));
  return { tokens, merges, added, pre, preName, prefix, bos, ends: [...ends].sort((a, b) => a - b), fingerprint };
}

function readMerge(merge: string, ids: ReadonlyMap<string, number>): readonly [string, string] {
  const space = merge.indexOf(' ', 1);
  const [left, right] = [merge.slice(0, space), merge.slice(space + 1)];
  const known = space > 0 && ids.has(left) && ids.has(right) && ids.has(left + right);
  if (!known) throw invalid(`its merge ${quoted(merge)} does not make one of its tokens of two others`);
  return [left, right];
}

/** The tokenizer as Hugging Face's tokenizers keep it in a tokenizer.json. */
export function tokenizerJson({ tokens, merges, added, pre }: GgufTokenizer): object {
  const isolated = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...added].map(([id, special]) => ({ id, content: tokens[id], ...flags, special })),
    normalizer: pre.composed ? { type: 'NFC' } : null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...pre.splits.map(isolated), byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false },
      ...{ byte_fallback: false, ignore_merges: pre.wholeWords },
      // fromEntries makes own properties of names that an object has anyway, and keeps those that are numbers.
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** Refuses two models of which one could not draft for the other. @throws FailureError vocabulary-mismatch, naming the first difference */
export function requireSameVocabulary(target: Named, draft: Named): void {
  const [a, b] = [target.tokenizer, draft.tokenizer];
  if (a.fingerprint === b.fingerprint) return;
  throw new FailureError(
    'vocabulary-mismatch',
    `"${draft.name}" and "${target.name}" do not share a vocabulary: ${firstDifference(target, draft)}. No draft could ever be judged.`,
    'Choose a draft of the target’s own family, or let the target draft for itself.',
  );
}

interface Named {
  readonly name: string;
  readonly tokenizer: GgufTokenizer;
}

function firstDifference({ name, tokenizer: a }: Named, { name: other, tokenizer: b }: Named): string {
  if (a.tokens.length !== b.tokens.length) return `"${name}" has ${a.tokens.length} tokens, "${other}" ${b.tokens.length}`;
  const id = a.tokens.findIndex((token, at) => token !== b.tokens[at]);
  if (id >= 0) return `token ${id} is ${quoted(a.tokens[id] ?? '')} in "${name}" and ${quoted(b.tokens[id] ?? '')} in "${other}"`;
  const merge = a.merges.findIndex(([left, right], at) => left !== b.merges[at]?.[0] || right !== b.merges[at]?.[1]);
  if (merge >= 0 || a.merges.length !== b.merges.length) return 'they merge tokens in other orders';
  return 'other tokens are special';
}
