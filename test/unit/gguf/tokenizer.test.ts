import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../src/catalog/tokenizer';
import { Facts } from '../../../src/formats/gguf/metadata';
import { PRE_TOKENIZERS } from '../../../src/formats/gguf/preTokenizers';
import { readTokenizer, requireSameVocabulary, tokenizerJson } from '../../../src/formats/gguf/tokenizer';
import fixture from '../../fixtures/gguf/tokenizers.json';
import { refusalOf } from '../../support/gguf/refusal';

type Metadata = ConstructorParameters<typeof Facts>[0];

function facts(changes: Record<string, Metadata extends ReadonlyMap<string, infer Value> ? Value | undefined : never> = {}): Facts {
  const entries = Object.entries({
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': fixture.tokens,
    'tokenizer.ggml.token_type': Float64Array.from(fixture.types),
    'tokenizer.ggml.merges': fixture.merges,
    'tokenizer.ggml.eos_token_id': fixture.tokens.indexOf('<|im_end|>'),
    ...changes,
  });
  return new Facts(new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))));
}

/** What the page's own tokenizer makes of the tokenizer.json that is written for `pre`. */
function written(pre: string): Tokenizer {
  const json = JSON.stringify(tokenizerJson(readTokenizer(facts({ 'tokenizer.ggml.pre': pre }))));
  return new Tokenizer(JSON.parse(json), {});
}

describe('a tokenizer of a file', () => {
  it.each(Object.entries(fixture.ids))('that cuts words as %s gives the ids of its published definition', (pre, expected) => {
    const tokenizer = written(pre);
    const ids = fixture.texts.map((text) => tokenizer.encode(text, { add_special_tokens: false }).ids);
    for (const [i, text] of fixture.texts.entries()) expect(ids[i], text).toEqual(expected[i]);
  });

  it('has the fingerprint of the tokenizer.json that is written of it', async () => {
    const tokenizer = readTokenizer(facts());
    expect(await fingerprintOf(JSON.parse(JSON.stringify(tokenizerJson(tokenizer))))).toBe(tokenizer.fingerprint);
  });

  it('gives other ids for nearly every way to cut words, so that the texts tell them apart', () => {
    const kinds = new Set(Object.values(fixture.ids).map((ids) => JSON.stringify(ids)));
    expect(kinds.size).toBe(Object.keys(fixture.ids).length);
  });

  it('gives back every text that it has encoded, whatever way it cuts words', () => {
    for (const [pre, { composed }] of PRE_TOKENIZERS) {
      const tokenizer = written(pre);
      for (const text of fixture.texts) {
        const { ids } = tokenizer.encode(text, { add_special_tokens: false });
        const decoded = ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
        expect(decoded, pre).toBe(composed ? text.normalize('NFC') : text);
      }
    }
  });

  it('ends an answer at its eos, eot and eom, and at control tokens that are known to end one', () => {
    const id = (token: string) => fixture.tokens.indexOf(token);
    expect(readTokenizer(facts()).ends).toEqual([id('<|im_end|>'), id('<|endoftext|>')].sort((a, b) => a - b));
    const more = facts({ 'tokenizer.ggml.eot_token_id': 5, 'tokenizer.ggml.eom_token_id': 6 });
    expect(readTokenizer(more).ends.slice(0, 2)).toEqual([5, 6]);
  });

  it('begins a text with its BOS token where the file says so, or all of its kind do', () => {
    const prefix = (changes: Parameters<typeof facts>[0]) => readTokenizer(facts({ 'tokenizer.ggml.bos_token_id': 7, ...changes })).prefix;
    expect(prefix({})).toBeUndefined();
    expect(prefix({ 'tokenizer.ggml.add_bos_token': true })).toBe(7);
    expect(prefix({ 'tokenizer.ggml.pre': 'llama-bpe' })).toBe(7);
    expect(prefix({ 'tokenizer.ggml.pre': 'llama-bpe', 'tokenizer.ggml.add_bos_token': false })).toBeUndefined();
  });

  it.each([
    { what: 'another kind, SentencePiece', change: { 'tokenizer.ggml.model': 'llama' }, says: 'SentencePiece' },
    { what: 'a kind of BERT', change: { 'tokenizer.ggml.model': 'bert' }, says: 'WordPiece' },
    { what: 'a kind that nobody knows', change: { 'tokenizer.ggml.model': 'something "new"\n' }, says: '"something "new" "' },
    { what: 'an unknown way to cut words', change: { 'tokenizer.ggml.pre': 'superbpe' }, says: '"superbpe"' },
    { what: 'no way to cut words', change: { 'tokenizer.ggml.pre': undefined }, says: 'does not say how' },
  ])('of $what is refused by name, with what to choose', async ({ change, says }) => {
    const { code, message, hint } = await refusalOf(() => readTokenizer(facts(change)));
    expect([code, hint.startsWith('Choose ')]).toEqual(['gguf-unsupported', true]);
    expect(message).toContain(says);
  });

  it.each([
    { what: 'a token twice', change: { 'tokenizer.ggml.tokens': [...fixture.tokens.slice(0, -1), '!'] }, says: 'there twice' },
    { what: 'types of fewer tokens', change: { 'tokenizer.ggml.token_type': Float64Array.of(1) }, says: 'types of 1 tokens' },
    { what: 'a merge of no token', change: { 'tokenizer.ggml.merges': ['q \u0120zz'] }, says: 'merge "q' },
    { what: 'a merge of one part', change: { 'tokenizer.ggml.merges': ['qu'] }, says: 'merge "qu"' },
    { what: 'an eos outside', change: { 'tokenizer.ggml.eos_token_id': 1e6 }, says: 'eos_token_id' },
    { what: 'no tokens', change: { 'tokenizer.ggml.tokens': undefined }, says: 'has no "tokenizer.ggml.tokens"' },
  ])('with $what is refused', async ({ change, says }) => {
    const { code, message } = await refusalOf(() => readTokenizer(facts(change)));
    expect(code).toBe('gguf-invalid');
    expect(message).toContain(says);
  });
});

describe('two files', () => {
  const named = (name: string, changes: Parameters<typeof facts>[0] = {}) => ({ name, tokenizer: readTokenizer(facts(changes)) });
  const swapped = [...fixture.tokens];
  [swapped[3], swapped[4]] = [swapped[4] ?? '', swapped[3] ?? ''];

  it('of the same tokens and merges may draft for each other, wherever their answers end', () => {
    const other = { 'tokenizer.ggml.pre': 'smollm', 'tokenizer.ggml.eos_token_id': 9 };
    expect(() => requireSameVocabulary(named('A'), named('B', other))).not.toThrow();
  });

  it.each([
    {
      what: 'count of tokens',
      change: {
        'tokenizer.ggml.tokens': [...fixture.tokens, 'more'],
        'tokenizer.ggml.token_type': Float64Array.from([...fixture.types, 1]),
      },
      says: `${fixture.tokens.length + 1}`,
    },
    { what: 'tokens', change: { 'tokenizer.ggml.tokens': swapped }, says: 'token 3 is' },
    { what: 'merges', change: { 'tokenizer.ggml.merges': fixture.merges.slice(0, -1) }, says: 'merge tokens in other orders' },
    {
      what: 'added tokens',
      change: { 'tokenizer.ggml.token_type': Float64Array.from(fixture.types.map((type, id) => (id === 9 ? 3 : type))) },
      says: 'other tokens are special',
    },
  ])('that differ in $what are refused, naming both and the first difference', async ({ change, says }) => {
    const { code, message, hint } = await refusalOf(() => requireSameVocabulary(named('Big'), named('Small', change)));
    expect(code).toBe('vocabulary-mismatch');
    expect(message).toContain('"Small" and "Big"');
    expect(message).toContain(says);
    expect(hint).toContain('own family');
  });
});
