import { MLC_SIDES } from './model';

/** A chat template of a model that has `byteTokenizer`. */
export const TEMPLATE = {
  ...{ name: 'test', system_template: '{system_message}', system_message: '', role_templates: {} },
  ...{ roles: { user: 'Q', assistant: 'A' }, seps: ['\n'], role_content_sep: ':', role_empty_sep: ':' },
  ...{ stop_str: ['\n'], stop_token_ids: [287], add_role_after_system_message: true },
};

/** Byte-level, without merges: each byte is a token, and the others are special. */
export function byteTokenizer() {
  const shown = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  const bytes = range(0, 255).map((byte) => (shown.includes(byte) ? byte : null));
  let next = 256;
  const characters = bytes.map((byte) => String.fromCharCode(byte ?? next++));
  const special = range(256, MLC_SIDES.vocabulary - 1).map((id) => ({
    ...{ id, content: `<|${id}|>`, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  }));
  const vocab = Object.fromEntries([...characters, ...special.map(({ content }) => content)].map((token, id) => [token, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    ...{ version: '1.0', truncation: null, padding: null, normalizer: null, post_processor: null },
    ...{ added_tokens: special, pre_tokenizer: byteLevel, decoder: byteLevel },
    model: { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, vocab, merges: [] },
  };
}

/** Whole numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
