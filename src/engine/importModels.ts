/** Makes models of a person's own files: checks them all, then converts and keeps one after the other (`makeModel.ts`). */
import { deleteLeftovers, idOfFile, isOfFile, ownFolder, readOwnLists } from '../catalog/own';
import { type CompiledLibrary, fetchShapes, librariesFolder, ownLibraries } from '../catalog/shapeLibraries';
import { findStored } from '../catalog/storedModels';
import { blobSource, fitLibrary, identityOf, naming, type OpenedGguf, openGguf, requireSameVocabulary } from '../formats/gguf';
import { requireFit } from './fits';
import { makeModel, type Planned, storeLibraries } from './makeModel';
import type { OwnPorts } from './ownPorts';
import type { Imported, ImportProgress, ImportTask } from './tasks';

/** How an import is done. */
export interface ImportSetup {
  readonly ports: OwnPorts;
  readonly report: (update: ImportProgress | Imported) => void;
  readonly signal: AbortSignal;
  /** Does `work` while no task has the device. An import takes a turn for each file that it writes, so a run waits for one of them at most. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A file that was read up to its weights. */
interface Candidate {
  /** Its place in the task. */
  readonly file: number;
  readonly id: string;
  readonly name: string;
  readonly identity: string;
  readonly opened: OpenedGguf;
  /** Whether its model is kept already, whole. */
  readonly isKept: boolean;
}

/**
 * Makes a model of each file of `task`; one that is kept already is not made again. Nothing is written before every file was checked, and of a model
 * that fails or is stopped nothing stays.
 *
 * @throws FailureError gguf-invalid, gguf-unsupported, vocabulary-mismatch, model-too-large, feature-missing, storage, or of the library's download; or the signal's reason
 */
export function importModels(task: ImportTask, setup: ImportSetup): Promise<void> {
  return setup.ports.alone(() => importAlone(task, setup), setup.signal);
}

async function importAlone(task: ImportTask, setup: ImportSetup): Promise<void> {
  const { ports, report } = setup;
  const folder = ownFolder(task.base);
  const candidates: Candidate[] = [];
  for (const [file, blob] of task.files.entries()) {
    const reading = setup.turn(() => readCandidate(file, blob, folder, setup));
    candidates.push(await naming(reading, task.files.length > 1 ? blob.name : null));
  }
  checkVocabularies(candidates);
  // The same file twice is one model.
  const fresh = candidates.filter(({ id, isKept }, at) => !isKept && candidates.findIndex((other) => other.id === id) === at);
  const planned = fresh.length === 0 ? [] : await plan(fresh, task, setup);
  for (const { file, id } of candidates.filter(({ isKept }) => isKept)) report({ type: 'imported', file, id, isNew: false });
  try {
    for (const each of planned) await storeLibraries(each, folder, setup);
  } catch (thrown) {
    // What is complete of them stays for the next try, until the next start; a person who cancels is told that nothing does.
    if (setup.signal.aborted) await deleteLeftovers(ports.storage, folder).catch(() => undefined);
    throw thrown;
  }
  try {
    for (const each of planned) {
      await makeModel(each, folder, setup);
      report({ type: 'imported', file: each.about.file, id: each.id, isNew: true });
    }
  } finally {
    await deleteLeftovers(ports.storage, folder).catch(() => undefined);
  }
}

async function readCandidate(file: number, blob: File, folder: string, { ports, signal }: ImportSetup): Promise<Candidate> {
  const opened = await openGguf(blobSource(blob), signal);
  const identity = await identityOf(opened, signal);
  const own = (await readOwnLists(ports.storage, folder)).flatMap(({ models }) => Object.values(models));
  const known = own.find(({ id }) => isOfFile(id, identity));
  const name = known?.name ?? (shownName(blob.name) || shownName(opened.name) || 'Model');
  const isKept = known !== undefined && (await findStored(known, ports.storage)).whole;
  return { file, id: known?.id ?? idOfFile(name, identity), name, identity, opened, isKept };
}

/** What a person knows a file by: on one line, without the end that all such files have. */
function shownName(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').replace(/\.gguf$/i, '');
  return line.trim().slice(0, 80);
}

/** Two files are to draft for each other. @throws FailureError vocabulary-mismatch */
function checkVocabularies(candidates: readonly Candidate[]): void {
  const [target, draft] = candidates.toSorted((a, b) => b.opened.sizes.convertedBytes - a.opened.sizes.convertedBytes);
  const named = ({ name, opened }: Candidate) => ({ name, tokenizer: opened.tokenizer });
  if (target && draft) requireSameVocabulary(named(target), named(draft));
}

/** Finds a library for each of `candidates`, and refuses what could not be kept or run. */
async function plan(
  candidates: readonly Candidate[],
  { base, halfCache = false, backend = 'auto' }: ImportTask,
  setup: ImportSetup,
): Promise<Planned[]> {
  const { ports, report, signal } = setup;
  const shapes = await fetchShapes(librariesFolder(base), signal);
  const [device, room] = [await ports.device(), await ports.room()];
  const planned = candidates.map(({ file, id, name, identity, opened }): Planned => {
    const { shape, sizes } = opened;
    const shapeLibrary = fitLibrary(shape, shapes);
    const libraries = ownLibraries(shapeLibrary, base);
    const writeBytes = writtenBytes(sizes) + shapeLibrary.libraries.reduce((sum, each) => sum + storedBytes(each), 0);
    const about = { type: 'import', file, name, family: shape.family, writeBytes, room, totalBytes: sizes.weightBytes } as const;
    return { about, id, name, identity, opened, shapeLibrary, libraries };
  });
  requireFit(
    planned.map(({ name, opened: { shape, sizes }, shapeLibrary, about }) => {
      return { name, shape, sizes, context: shapeLibrary.context, halfCache, writeBytes: about.writeBytes };
    }),
    { device, memoryBytes: ports.memory(), backend },
    room,
  );
  for (const { about } of planned) report({ ...about, readBytes: 0 });
  return planned;
}

/** With what it is made of. */
function storedBytes({ bytes, from }: CompiledLibrary): number {
  return bytes + (from ? from.base.bytes + from.delta.bytes : 0);
}

/** At most: the tokenizer of a GGUF file, which is nearly all of it that is no weights, takes less than twice as much as a tokenizer.json. */
function writtenBytes({ convertedBytes, fileBytes, weightBytes }: OpenedGguf['sizes']): number {
  return convertedBytes + 2 * (fileBytes - weightBytes);
}
