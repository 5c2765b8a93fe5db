/** Converts a file of a person's own, and keeps the model where web-llm looks for it. */
import { type ListedLibrary, parseList } from '../catalog/list';
import { folderOf, keepOwn } from '../catalog/own';
import { librarySpec } from '../catalog/resolve';
import type { ListedShape } from '../catalog/shapeLibraries';
import { SHELVES } from '../catalog/storedModels';
import { FailureError } from '../core/failure';
import { type ConvertedFile, convertGguf, identityOf, type OpenedGguf } from '../formats/gguf';
import { download } from '../storage/download';
import type { FileStorage } from '../storage/port';
import type { ImportSetup } from './importModels';
import { keepFile } from './keepFile';
import type { ImportProgress } from './tasks';

/** A file that may become a model. */
export interface Planned {
  readonly id: string;
  readonly name: string;
  readonly identity: string;
  readonly opened: OpenedGguf;
  readonly shapeLibrary: ListedShape;
  /** As its list will have them. */
  readonly libraries: readonly ListedLibrary[];
  /** What does not change in its progress. */
  readonly about: Omit<ImportProgress, 'readBytes'>;
}

interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Stores the libraries of `planned`, where they are not yet. @throws FailureError of the download; or the signal's reason */
export function storeLibraries({ libraries }: Planned, folder: string, { ports, signal }: ImportSetup): Promise<void> {
  const files = libraries.map((each) => librarySpec(each, folder));
  return download(ports.storage, SHELVES.library, files, () => undefined, signal);
}

/** Writes all other files of `planned`, and at last its list, with which it exists. @throws FailureError; or the signal's reason */
export async function makeModel(planned: Planned, folder: string, setup: ImportSetup): Promise<void> {
  const { opened, shapeLibrary, identity, id, about } = planned;
  const { ports, signal, turn, report } = setup;
  const { storage } = ports;
  const converting = convertGguf(opened, shapeLibrary, ({ readBytes }) => report({ ...about, readBytes }), signal);
  const files: ListedFile[] = [];
  const writeNext = async () => {
    const { value } = await converting.next();
    if (value) files.push(await write(value, folderOf(id), folder, storage));
    return value !== undefined;
  };
  while (await turn(writeNext)) signal.throwIfAborted();
  if ((await identityOf(opened, signal)) !== identity) throw changed(planned.name);
  await keepOwn(storage, folder, id, listOf(planned, files)).catch((cause) => {
    throw noRoom(cause);
  });
}

async function write({ path, bytes }: ConvertedFile, modelFolder: string, folder: string, storage: FileStorage): Promise<ListedFile> {
  const listed = `${modelFolder}/${path}`;
  const kept = await keepFile(storage, new URL(listed, folder).href, bytes).catch((cause) => {
    throw noRoom(cause);
  });
  return { path: listed, ...kept };
}

function listOf({ id, name, opened, shapeLibrary, libraries }: Planned, files: readonly ListedFile[]) {
  const { shape, sizes, fingerprint } = opened;
  const model = {
    name,
    parameters: sizes.parameters,
    vocabulary: shape.vocabulary,
    tokenizer: fingerprint,
    context: Math.min(shape.context, shapeLibrary.context),
    path: folderOf(id),
    libraries,
    files,
  };
  return parseList({ format: 2, pairs: [{ name, target: id, drafts: [] }], models: { [id]: model } });
}

function changed(name: string): FailureError {
  return new FailureError(
    'gguf-invalid',
    `"${name}" was changed while it was read, so nothing of it was kept.`,
    'Wait until the file is complete, then open it again.',
  );
}

function noRoom(cause: unknown): FailureError {
  return new FailureError(
    'storage',
    'The model could not be kept; the storage may be full. Nothing of it was kept.',
    'Delete a model that you do not need, or free space on the disk, then open the file again.',
    cause,
  );
}
