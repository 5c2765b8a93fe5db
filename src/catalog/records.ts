/** Models as web-llm's `appConfig.model_list` names them: a folder in MLC's format, and a library. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { versionOfFiles } from '../core/run/exports';
import { misfitOf } from '../formats/misfit';
import { featuresHere } from '../gpu/adapter';
import { beginningOf, download, isStored, type RemoteFile } from '../storage/download';
import type { FileStorage } from '../storage/port';
import { type ChatOptions, cacheOf, readChatConfig, templateOf, unusable } from './chatConfig';
import { json } from './json';
import type { LibrarySpec, ModelSpec } from './spec';
import { SHELVES, shelfOf } from './storedModels';
import { fingerprintOf, vocabularySize } from './tokenizer';

/** Of web-llm's ModelRecord (0.2.86) what is read here; `readRecord` refuses what would have to be honoured and is not. */
export interface ModelRecord {
  /** URL of the model's folder, with or without `resolve/BRANCH/`. */
  readonly model: string;
  readonly model_id: string;
  /** URL of the compiled library. */
  readonly model_lib: string;
  readonly overrides?: ChatOptions;
  /** Names of WebGPU features. */
  readonly required_features?: readonly string[];
  /** 0: a language model. */
  readonly model_type?: number;
  readonly model_manifest?: string;
  /** Hashes as `sha256-BASE64`. */
  readonly integrity?: {
    readonly config?: string;
    readonly model_lib?: string;
    readonly tokenizer?: Readonly<Record<string, string>>;
    readonly onFailure?: 'error' | 'warn';
  };
}

// Below the model's folder: another model's files must not be replaced, and no other host be asked.
const path = v.pipe(v.string(), v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const TensorCache = v.looseObject({
  metadata: v.optional(v.looseObject({ ParamBytes: v.optional(v.number()), BitsPerParam: v.optional(v.number()) })),
  records: v.array(
    v.looseObject({
      dataPath: path,
      nbytes: size,
      md5sum: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
      records: v.optional(
        v.array(v.looseObject({ name: v.optional(v.string(), ''), dtype: v.optional(v.string(), ''), shape: v.array(v.number()) })),
        [],
      ),
    }),
  ),
});

/** The tensors' list has this name for web-llm, and had the second in older folders. */
const TENSORS = ['tensor-cache.json', 'ndarray-cache.json'] as const;

/** How a record is read. */
export interface Reading {
  /** For URLs that are relative. */
  readonly base?: string | undefined;
  /** URL of the folder that keeps its files, wherever they come from; by default they are kept under their own URLs, as web-llm does. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/**
 * The model of `record`, from the files at its URL, which are stored as web-llm stores them: it is read again without a network.
 *
 * @throws FailureError manifest-invalid, naming what cannot be used; or of the download; or the signal's reason
 */
export async function readRecord(
  record: ModelRecord,
  storage: FileStorage,
  { base, folder = folderOf(record, base), signal = new AbortController().signal }: Reading = {},
): Promise<ModelSpec> {
  const { model_id: id, overrides = {} } = record;
  requireKnown(record);
  const at = placesOf(record, base, folder);
  const read = readerOf(storage, signal);
  const hash = hashesOf(record);
  const configFile = at('mlc-chat-config.json', hash(record.integrity?.config));
  const config = await read(configFile, (content) => {
    if (typeof content === 'object' && content !== null) return readChatConfig(id, content, overrides);
    throw unusable(id, 'mlc-chat-config.json cannot be read');
  });
  const { file: tensorsFile, content: tensors } = await firstThere(
    TENSORS.map((name) => ({ ...at(name), place: at(TENSORS[0]).place })),
    (file) => read(file, (content) => readTensorCache(id, file.name, content)),
  );
  const tokenizerFile = ['tokenizer.json', 'tokenizer.model'].find((name) => config.tokenizer_files.includes(name));
  if (!tokenizerFile) throw unusable(id, 'its "tokenizer_files" name neither tokenizer.json nor tokenizer.model');
  const tokenizer = at(tokenizerFile, hash(record.integrity?.tokenizer?.[tokenizerFile]));
  const content = tokenizerFile === 'tokenizer.json' ? await read(tokenizer, (each) => ({ each, tokens: vocabularySize(each) })) : null;
  const shards = tensors.records.map(({ dataPath, nbytes, md5sum }) => ({ ...at(dataPath), bytes: nbytes, md5: md5sum ?? null }));
  const { url } = whole(record.model_lib, base);
  const isMoved = folder !== folderOf(record, base);
  const library: LibrarySpec = {
    ...{ url, place: isMoved ? new URL(new URL(url).pathname.split('/').at(-1) ?? '', `${folder}/`).href : url },
    ...{ name: record.model_lib, bytes: null, sha256: hash(record.integrity?.model_lib), needs: needsOf(record, config.quantization) },
  };
  const features = await featuresHere();
  const template = templateOf(config);
  return {
    ...{ id, name: id, backend: 'web-llm', library, libraries: [library], template, stopTokens: null },
    ...cacheOf(id, config),
    tokenizer: content === null ? null : await fingerprintOf(content.each),
    revision: versionOfFiles([...shards.map(({ name, bytes }) => `${name} ${bytes}`), JSON.stringify(overrides)]),
    parameters: parametersOf(tensors, config.quantization),
    folder,
    files: [configFile, tensorsFile, tokenizer, ...shards],
    missing: library.needs.filter((need) => !features.has(need)),
    vocabulary: { tokens: Math.min(content?.tokens ?? config.vocab_size, config.vocab_size), logits: config.vocab_size },
  };
}

/** Where the tokenizer of `record` is, which tells what may draft for it before anything else is fetched (`lengthOf` tells how long it is). */
export function tokenizerOf(record: ModelRecord, base?: string): RemoteFile {
  return placesOf(record, base)('tokenizer.json', hashesOf(record)(record.integrity?.tokenizer?.['tokenizer.json']));
}

/**
 * The fingerprint of the tokenizer of `record`, which is fetched alone and stays for `readRecord`.
 *
 * @throws FailureError library-incompatible where it cannot be read, or of the download; or the signal's reason
 */
export async function readFingerprint(record: ModelRecord, storage: FileStorage, signal: AbortSignal, base?: string): Promise<string> {
  const content = await readerOf(storage, signal)(tokenizerOf(record, base), (each) => ({ each, tokens: vocabularySize(each) }));
  return fingerprintOf(content.each);
}

const WASM = [0x00, 0x61, 0x73, 0x6d];
/** Bytes of a file that tell what it is. */
const TELLING = 200;

/**
 * Asks for the beginning of a model's library, unless it is stored or of this page, so that a wrong address is told before the weights come.
 *
 * @throws FailureError file-missing, server-refused, network, manifest-invalid; or the signal's reason
 */
export async function requireLibrary({ name, library, conversion }: ModelSpec, storage: FileStorage, signal: AbortSignal): Promise<void> {
  if (conversion || (await isStored(await storage.open(SHELVES.library), library))) return;
  const beginning = await beginningOf(library, TELLING, signal);
  if (isHtml(beginning)) throw pageInPlace(library);
  if (WASM.some((byte, at) => beginning[at] !== byte))
    throw unusable(name, `there is no library at ${library.url}: what is there is no WebAssembly`);
}

/** Reads small files, fetched first. What cannot be read is not kept, so that it is fetched again: some servers answer with a page where a file is missing. */
function readerOf(storage: FileStorage, signal: AbortSignal) {
  return async <T>(file: RemoteFile, parse: (content: unknown) => T): Promise<T> => {
    const name = shelfOf(file.place);
    await download(storage, name, [file], () => undefined, signal);
    const shelf = await storage.open(name);
    try {
      const content = (await shelf.get(file.place)) ?? new Blob();
      if (isHtml(new Uint8Array(await content.slice(0, TELLING).arrayBuffer()))) throw pageInPlace(file);
      return parse(await json(content));
    } catch (thrown) {
      await shelf.delete(file.place);
      throw thrown;
    }
  };
}

/** Whether a file that begins with `beginning` is HTML, as servers answer for what they do not have, or who are not signed in. */
function isHtml(beginning: Uint8Array): boolean {
  return new TextDecoder().decode(beginning).trimStart().startsWith('<');
}

function pageInPlace({ name, url }: RemoteFile): FailureError {
  return new FailureError(
    'server-refused',
    `${url ? new URL(url).host : 'The server'} answered with a page in place of ${name}.`,
    'There may be no model at this address, or you may have to sign in to this network. Check the address, or choose another model.',
  );
}

/**
 * The WebGPU features that the library of `record` needs: those that it names, and shader-f16 where its `quantisation` (as `q4f16_1`) computes in half
 * precision. Many records that need that do not say so.
 */
export function needsOf({ required_features: named = [] }: ModelRecord, quantisation: string): string[] {
  return [...new Set([...named, ...(/^q\d+f16/.test(quantisation) ? ['shader-f16'] : [])])];
}

/** @throws FailureError manifest-invalid for what of a record would change what is loaded, and is not supported */
export function requireKnown({ model_id: id, model, model_lib: library, model_type: type, model_manifest: manifest }: ModelRecord): void {
  if (typeof model !== 'string' || typeof library !== 'string') throw unusable(String(id), 'its record needs "model" and "model_lib"');
  if (type !== undefined && type !== 0) throw unusable(id, 'only language models can be loaded ("model_type")');
  if (manifest !== undefined) throw unusable(id, '"model_manifest" is not supported');
}

/** A record for the model in the folder at `model`, an address as people copy it, and the library at `library`. @throws FailureError manifest-invalid for what is no address of the web */
export function recordOf(model: string, library: string): ModelRecord {
  const [folder, file] = [model, library].map((text) => addressOf(text.trim())) as [string, string];
  // Two owners may have given one name.
  return { model: folder, model_id: `${nameOfFolder(folder)}-${versionOfFiles([folder, file]).slice(0, 8)}`, model_lib: file };
}

/** Names of folders that say nothing of what is in them. */
const UNTELLING = /^(models?|mlc|weights|params|dist|files|main)$/i;

/** What the model at `folder` is called: as its repository or its folder, or the one that this lies in where its name says nothing; at last as its host. */
export function nameOfFolder(folder: string): string {
  const { host, pathname } = new URL(folder);
  const names = pathname
    .replace(/\/resolve\/.*$/, '')
    .split('/')
    .filter((name) => name !== '');
  const name = names.findLast((each) => !UNTELLING.test(each)) ?? host;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Pages about a folder or a file of a hub mean that folder or file. */
function addressOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new FailureError('manifest-invalid', `"${text}" is no address of the web.`, 'Write it whole, as https://example.org/models/.');
  }
  const url = new URL(text);
  url.search = url.hash = '';
  const path = /^github\.com$/.test(url.hostname) ? url.pathname.replace(/^(\/[^/]+\/[^/]+)\/(blob|raw)\//, '$1/raw/') : url.pathname;
  url.pathname = path.replace(/\/(tree|blob)\/([^/]+)\/?/, '/resolve/$2/');
  return url.href;
}

/** URL of what web-llm resolves a record's files against (its cleanModelUrl, 0.2.86). */
function filesUrl({ model_id: id, model }: ModelRecord, base?: string): string {
  const folder = `${whole(model, base, id).url.replace(/\/$/, '')}/`;
  return /\/resolve\/.+\//.test(folder) ? folder : `${folder}resolve/main/`;
}

/** Where web-llm looks for resolve/main/: a branch other than main has a folder of its own. */
function folderOf(record: ModelRecord, base?: string): string {
  const [, folder = '', branch = ''] = /^(.+?)\/resolve\/(.+)\/$/.exec(filesUrl(record, base)) ?? [];
  return branch === 'main' ? folder : `${folder}@${branch}`;
}

function placesOf(record: ModelRecord, base?: string, folder = folderOf(record, base)) {
  const from = filesUrl(record, base);
  return (name: string, sha256: string | null = null): RemoteFile => ({
    ...{ name, url: new URL(name, from).href, place: new URL(name, `${folder}/resolve/main/`).href, bytes: null, sha256 },
  });
}

/** @throws FailureError manifest-invalid for what is no URL */
function whole(url: string, base?: string, name = url): { readonly url: string } {
  if (!URL.canParse(url, base)) throw unusable(name, `"${url}" is no URL`);
  return { url: new URL(url, base).href };
}

/** SRI hashes as hexadecimal; null where the record has none, or a mismatch is only to be logged. */
function hashesOf({ model_id: id, integrity }: ModelRecord): (sri: string | undefined) => string | null {
  return (sri) => {
    if (sri === undefined || integrity?.onFailure === 'warn') return null;
    const [, base64] = /^sha256-([A-Za-z0-9+/]{43}=)$/.exec(sri) ?? [];
    if (!base64) throw unusable(id, `its "integrity" needs sha256-…, not ${sri}`);
    return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  };
}

/** The first of `files` that the server has, and what it says. */
async function firstThere<T>(
  files: readonly RemoteFile[],
  read: (file: RemoteFile) => Promise<T>,
): Promise<{ readonly file: RemoteFile; readonly content: T }> {
  for (const file of files) {
    try {
      return { file, content: await read(file) };
    } catch (thrown) {
      if (!(thrown instanceof FailureError && thrown.failure.code === 'file-missing') || file === files.at(-1)) throw thrown;
    }
  }
  throw new RangeError('there are no files');
}

function readTensorCache(id: string, name: string, content: unknown): v.InferOutput<typeof TensorCache> {
  const tensors = v.safeParse(TensorCache, content);
  if (tensors.success) return tensors.output;
  throw unusable(id, `${name}: ${misfitOf(tensors.issues[0])}`);
}

/** As its maker counted them, or else all numbers of its tensors: a word of 32 bits packs several where the weights are quantised, and scales do not count. */
function parametersOf({ metadata, records }: v.InferOutput<typeof TensorCache>, quantisation: string): number {
  const { ParamBytes: bytes, BitsPerParam: bits } = metadata ?? {};
  if (bytes && bits) return Math.round((bytes * 8) / bits);
  const [, width = '32'] = /^q(\d+)f/.exec(quantisation) ?? [];
  const tensors = records.flatMap((each) => each.records).filter(({ name }) => !name.endsWith('.q_scale'));
  const numbers = tensors.map(({ dtype, shape }) => {
    return shape.reduce((product, side) => product * side, 1) * (dtype === 'uint32' ? Math.floor(32 / Number(width)) : 1);
  });
  return Math.max(
    1,
    numbers.reduce((sum, each) => sum + each, 0),
  );
}
