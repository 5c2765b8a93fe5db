/**
 * Models in MLC's format that run on a library of ours. Their weights are converted when a model is first loaded, and kept so: converting them takes some twenty times as long as
 * reading them, so it is not done at each load. What was fetched is deleted only when all of it is converted, so that a conversion that ends early loses nothing.
 */

import { fileOf, type ModelSpec } from '../catalog/spec';
import { convertedForm, deleteConverted, keepConverted, openStored, placeOfConverted, storeModel } from '../catalog/storedModels';
import { FailureError } from '../core/failure';
import { convertMlc, type MlcFolder, readMlcModel, readTensors } from '../formats/mlc';
import { alone } from '../storage/browserRoom';
import type { DownloadProgress, RemoteFile } from '../storage/download';
import type { FileStorage } from '../storage/port';
import { keepFile } from './keepFile';

export type ConvertProgress = DownloadProgress | { readonly phase: 'converting'; readonly loadedBytes: number };

interface ConvertSetup {
  readonly storage: FileStorage;
  readonly report: (progress: ConvertProgress) => void;
  readonly signal: AbortSignal;
}

/** What holds all conversions, in any tab. */
const LOCK = 'foretoken.conversion';

/**
 * Stores what is missing of `model`, and converts it where that is to be.
 *
 * @returns the model as web-llm loads it
 * @throws FailureError of the download, manifest-invalid, storage; or the signal's reason
 */
export async function storeLoadable(model: ModelSpec, setup: ConvertSetup): Promise<ModelSpec> {
  const { storage, report, signal } = setup;
  const loadable = (await convertedForm(model, storage)) ?? model;
  await storeModel(loadable, storage, report, signal);
  return loadable.conversion ? alone(LOCK, () => convertAlone(loadable, setup), signal) : loadable;
}

/** Of a model whose files are stored, unless another tab has converted it meanwhile. */
async function convertAlone(model: ModelSpec, setup: ConvertSetup): Promise<ModelSpec> {
  const { storage } = setup;
  const before = await convertedForm(model, storage);
  if (before) return before;
  try {
    await convert(model, setup);
  } catch (thrown) {
    await deleteConverted(model, storage).catch(() => undefined);
    throw thrown;
  }
  const made = await convertedForm(model, storage);
  if (made) return made;
  throw new FailureError('storage', 'The browser dropped a converted model file.', 'Free some space, then run again.');
}

async function convert(model: ModelSpec, { storage, report, signal }: ConvertSetup): Promise<void> {
  const opened = new OpenFiles(model, storage);
  const config = await opened.json('mlc-chat-config.json');
  const read = readMlcModel(config);
  if ('why' in read || !model.conversion) throw new RangeError('there is no library of ours for it');
  const folder: MlcFolder = {
    config: config as object,
    tokenizer: await opened.bytes('tokenizer.json'),
    tensors: readTensors(await opened.json('tensor-cache.json')),
    read: (name, offset, length) => opened.bytes(name, offset, length),
  };
  const converting = convertMlc(
    folder,
    read.shape,
    model.conversion,
    (loadedBytes) => report({ phase: 'converting', loadedBytes }),
    signal,
  );
  const parts = [];
  for await (const { path, bytes } of converting) {
    const name = path.replace('resolve/main/', '');
    parts.push({ name, ...(await keepFile(storage, placeOfConverted(model, name), bytes).catch(refuseRoom)) });
    signal.throwIfAborted();
  }
  await keepConverted(model, storage, parts).catch(refuseRoom);
}

function refuseRoom(cause: unknown): never {
  throw new FailureError(
    'storage',
    'The model could not be converted: what it becomes could not be kept; the storage may be full.',
    'Delete a model that you do not need, or free space on the disk, then run again: what was downloaded is kept.',
    cause,
  );
}

/** The stored files of a model, of which the last one stays open: pieces of one are read after one another. */
class OpenFiles {
  readonly #model: ModelSpec;
  readonly #storage: FileStorage;
  #last: { readonly name: string; readonly content: Blob } | null = null;

  constructor(model: ModelSpec, storage: FileStorage) {
    this.#model = model;
    this.#storage = storage;
  }

  async bytes(name: string, offset = 0, length?: number): Promise<Uint8Array> {
    if (this.#last?.name !== name) this.#last = { name, content: await openStored(this.#model, this.#storage, this.#find(name)) };
    const { content } = this.#last;
    return new Uint8Array(await content.slice(offset, length === undefined ? content.size : offset + length).arrayBuffer());
  }

  async json(name: string): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }

  #find(name: string): RemoteFile {
    const file = fileOf(this.#model, name);
    if (file) return file;
    throw new FailureError('manifest-invalid', `The model cannot be used: it lists no ${name}.`, 'Choose another model.');
  }
}
