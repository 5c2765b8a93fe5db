import type { ModelRecord } from '../../../src/catalog/records';
import { readRecord } from '../../../src/catalog/records';
import type { ModelSpec } from '../../../src/catalog/spec';
import { SHELVES } from '../../../src/catalog/storedModels';
import type { FileStorage } from '../../../src/storage/port';
import { mlcModel } from '../../support/mlc/model';
import { byteTokenizer, range, TEMPLATE } from '../../support/mlc/text';

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

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

/** latin1 of the web's standard is windows-1252, so `textOf` keeps each byte apart, but some as other characters. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const byCharacter = new Map(range(0, 255).map((byte) => [textOf(Uint8Array.of(byte)), byte]));
  return Uint8Array.from(text, (character) => byCharacter.get(character) ?? 0);
}
