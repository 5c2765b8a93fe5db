import type { ModelRecord } from '../../../src/catalog/records';
import { readRecord } from '../../../src/catalog/records';
import type { ModelSpec } from '../../../src/catalog/spec';
import { SHELVES } from '../../../src/catalog/storedModels';
import type { FileStorage } from '../../../src/storage/port';
import { MLC_SIDES, mlcModel } from '../../support/mlc/model';

/** Compiled as MLC compiles it, for a model of `MLC_SIDES` (training/mlc_library.py makes it of the config.json beside it). */
const LIBRARY = '/test/fixtures/mlc-library/library.gzip';

/** What a test changes of the model: fields of its record and of its chat template, and its library, whose text has one byte for each character. */
export interface MlcChanges {
  readonly record?: Partial<ModelRecord>;
  readonly template?: object;
  readonly library?: (text: string) => string;
}

/** A model on a library as MLC compiles them, stored as a download leaves it. @param name tells models of a test apart */
export async function storedOnMlcLibrary(storage: FileStorage, name: string, changes: MlcChanges = {}): Promise<ModelSpec> {
  const { config, cache, shards } = mlcModel('llama', 'q4f32_1');
  const folder = `https://hub.test/mlc-ai/${name}`;
  const put = async (shelf: string, place: string, content: Blob) => {
    const about = { bytes: content.size, type: content.type, sha256: null };
    await (await storage.open(shelf)).put(place, content.stream() as ReadableStream<Uint8Array<ArrayBuffer>>, about);
  };
  const at = (file: string) => `${folder}/resolve/main/${file}`;
  const json = (content: object) => new Blob([JSON.stringify(content)], { type: 'application/json' });
  await put(SHELVES.config, at('mlc-chat-config.json'), json({ ...config, conv_template: { ...TEMPLATE, ...changes.template } }));
  await put(SHELVES.weights, at('tensor-cache.json'), json(cache));
  await put(SHELVES.weights, at('tokenizer.json'), json(byteTokenizer()));
  for (const [shard, bytes] of shards) await put(SHELVES.weights, at(shard), new Blob([bytes.slice()]));
  const record = { model: folder, model_id: name, model_lib: `https://hub.test/${name}.wasm`, ...changes.record };
  const library = new Uint8Array(
    await new Response((await fetch(LIBRARY)).body?.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer(),
  );
  const changed = changes.library ? bytesOf(changes.library(textOf(library))) : library;
  await put(SHELVES.library, record.model_lib, new Blob([changed], { type: 'application/wasm' }));
  return readRecord(record, storage);
}

const TEMPLATE = {
  ...{ name: 'test', system_template: '{system_message}', system_message: '', role_templates: {} },
  ...{ roles: { user: 'Q', assistant: 'A' }, seps: ['\n'], role_content_sep: ':', role_empty_sep: ':' },
  ...{ stop_str: ['\n'], stop_token_ids: [287], add_role_after_system_message: true },
};

/** Byte-level, without merges: each byte is a token, and the others are special. */
function byteTokenizer() {
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

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

/** latin1 of the web's standard is windows-1252, so `textOf` keeps each byte apart, but some as other characters. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const byCharacter = new Map(range(0, 255).map((byte) => [textOf(Uint8Array.of(byte)), byte]));
  return Uint8Array.from(text, (character) => byCharacter.get(character) ?? 0);
}
