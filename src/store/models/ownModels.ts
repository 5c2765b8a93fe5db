/** A person's own models: files of theirs that are being opened, and the models that were made of such files. */
import { create } from 'zustand';
import { deleteLeftovers, ownFolder } from '../../catalog/own';
import { findTarget } from '../../catalog/pairing';
import { bytesOf, isAdded, isOwn, type ModelSpec, modelsOf } from '../../catalog/spec';
import { findStored } from '../../catalog/storedModels';
import { type Failure, toFailure } from '../../core/failure';
import { OWN_LOCK } from '../../engine/ownPorts';
import type { ImportProgress } from '../../engine/tasks';
import type { ChosenDrafting } from '../../formats/settings';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { aloneNow } from '../../storage/browserRoom';
import { type CatalogueState, chosenPair, readAddedModels, readCatalogue, useCatalogue } from '../engine/catalogue';
import { sendTask } from '../engine/connection';
import { chooseTarget, forgetModel, load, stopLoading } from '../engine/loading';
import { useWork } from '../engine/work';
import { lookAtStorage } from '../offline/offline';
import { useSettings } from '../run/settings';

/** A file that was chosen or dropped. */
export interface OpenedFile {
  readonly name: string;
  readonly bytes: number;
  /** null until it was checked. */
  readonly progress: ImportProgress | null;
  /** When the first of its weights was read, on the page's clock. */
  readonly beganMs: number;
  /** Bytes of weights a second; null until some were read. */
  readonly rate: number | null;
  /** Its model, once that is kept. */
  readonly made: { readonly id: string; readonly isNew: boolean } | null;
}

/** One or two files that are opened together. */
export interface Opening {
  readonly key: number;
  readonly files: readonly OpenedFile[];
  readonly state: 'open' | 'done' | 'cancelled' | 'failed';
  readonly failure: Failure | null;
}

export interface OwnModelsState {
  /** Whether all of this is being shown. */
  readonly panel: boolean;
  /** The latest first. */
  readonly openings: readonly Opening[];
  /** The model that is being deleted. */
  readonly removing: string | null;
  /** Why the last one could not be deleted. */
  readonly failure: Failure | null;
}

export const useOwnModels = create<OwnModelsState>()(() => ({ panel: false, openings: [], removing: null, failure: null }));

const MOST_FILES = 2;

const controllers = new Map<number, AbortController>();
let lastKey = 0;

export function showModels(): void {
  useOwnModels.setState({ panel: true });
  void lookAtStorage();
}

export function hideModels(): void {
  useOwnModels.setState(({ openings }) => ({ panel: false, failure: null, openings: openings.filter(({ state }) => state === 'open') }));
}

/** Whether `file` calls itself a model file. */
export function isModelFile({ name }: File): boolean {
  return /\.gguf$/i.test(name);
}

/** Makes models of `files`, two at most, and chooses them: the larger as the target, the other as its draft. Failures land in the state. */
export async function openModelFiles(files: readonly File[], now: () => number = () => performance.now()): Promise<void> {
  const key = ++lastKey;
  const opened = files.map(({ name, size }) => ({ name, bytes: size, progress: null, beganMs: 0, rate: null, made: null }));
  const opening: Opening = { key, files: opened, state: 'open', failure: null };
  useOwnModels.setState(({ openings }) => ({ panel: true, openings: [opening, ...openings] }));
  if (files.length > MOST_FILES) {
    change(key, { state: 'failed', failure: tooMany(files.length) });
    return;
  }
  const controller = new AbortController();
  controllers.set(key, controller);
  try {
    const task = { type: 'import', files, base: document.baseURI } as const;
    for await (const update of sendTask(task, controller.signal)) {
      if (update.type === 'import') changeFile(key, update.file, (file) => advanced(file, update, now()));
      if (update.type !== 'imported') continue;
      changeFile(key, update.file, (file) => ({ ...file, made: update }));
      await readAddedModels();
    }
    change(key, { state: 'done' });
    await chooseOpened(key);
  } catch (thrown) {
    const failure = toFailure(thrown);
    change(key, failure.code === 'aborted' ? { state: 'cancelled' } : { state: 'failed', failure });
    // What an engine that was lost has left.
    await sweepOwnModels();
  } finally {
    controllers.delete(key);
    void lookAtStorage();
  }
}

function tooMany(count: number): Failure {
  return {
    code: 'gguf-unsupported',
    message: `${count} files cannot be opened together.`,
    hint: 'Open one file, or two: a target and a draft for it.',
  };
}

function advanced(file: OpenedFile, progress: ImportProgress, nowMs: number): OpenedFile {
  // Until its first bytes are read it waits for the file before it.
  if (file.progress === null || file.progress.readBytes === 0) return { ...file, progress, beganMs: nowMs };
  const seconds = (nowMs - file.beganMs) / 1000;
  return { ...file, progress, rate: seconds > 0 ? progress.readBytes / seconds : file.rate };
}

/** Stops to open files; only what is ready is kept. */
export function cancelOpening(key: number): void {
  controllers.get(key)?.abort();
}

/** Takes what has ended off the list. */
export function dismissOpening(key: number): void {
  useOwnModels.setState(({ openings }) => ({ openings: openings.filter((each) => each.key !== key || each.state === 'open') }));
}

/** Chooses the models of the files that were opened together; not while the models are at work. */
export async function chooseOpened(key: number): Promise<void> {
  const { openings } = useOwnModels.getState();
  const ids = new Set(openings.find((each) => each.key === key)?.files.map(({ made }) => made?.id));
  const [target, draft] = ownModels()
    .filter(({ id }) => ids.has(id))
    .sort((a, b) => bytesOf(b.files) - bytesOf(a.files));
  if (!target || useWork.getState().current !== null) return;
  await chooseTarget(target.id, draft ? { draft: draft.id, drafting: 'model' } : await draftingOf(target.id));
}

/** A step of a draft that is nearly as large as its target takes nearly as long as the target's own: none pays. */
const LARGEST_SHARE = 2 / 3;

/** N-grams where the first draft of the target `id` would be downloaded, which nobody has asked for, or cannot pay; else nothing of its own. */
async function draftingOf(id: string): Promise<Partial<ChosenDrafting>> {
  const target = findTarget(useCatalogue.getState().catalogue?.targets ?? [], id);
  const first = target?.drafts[0]?.model;
  // What drafted for it last does so again.
  if (!target || !first || useSettings.getState().draftings[id] !== undefined) return {};
  const pays = bytesOf(first.files) <= LARGEST_SHARE * bytesOf(target.model.files);
  const stored = await findStored(first, BROWSER_CACHE).catch(() => null);
  return pays && stored?.whole !== false ? {} : { drafting: 'ngram' };
}

/** All own models that are kept. */
export function ownModels({ catalogue }: Pick<CatalogueState, 'catalogue'> = useCatalogue.getState()): readonly ModelSpec[] {
  return catalogue?.models.filter(({ id }) => isOwn(id)) ?? [];
}

/** Unloads the model `id`, which a person has added, and deletes it; a library that another needs stays. Where it was chosen, the first target takes its place. Not while the models are at work. */
export async function removeModel(id: string): Promise<void> {
  const model = useCatalogue.getState().catalogue?.models.find((each) => each.id === id && isAdded(id));
  if (!model || useOwnModels.getState().removing !== null || useWork.getState().current !== null) return;
  const pair = chosenPair();
  const wasChosen = pair !== null && modelsOf(pair).some((each) => each.id === id);
  useOwnModels.setState({ removing: id, failure: null });
  try {
    if (wasChosen) stopLoading();
    for await (const _ of sendTask({ type: 'remove', model, base: document.baseURI }));
  } catch (thrown) {
    useOwnModels.setState({ failure: toFailure(thrown) });
  }
  forgetModel(id);
  await readAddedModels();
  useOwnModels.setState({ removing: null });
  void lookAtStorage();
  if (wasChosen) await load('if-stored');
}

/** Once the lists are read, deletes what a tab left that was closed in the middle of opening a file. */
export async function sweepOwnModels(): Promise<void> {
  await readCatalogue().catch(() => null);
  await aloneNow(OWN_LOCK, () => deleteLeftovers(BROWSER_CACHE, ownFolder(document.baseURI))).catch(() => undefined);
}

function change(key: number, changes: Partial<Opening>): void {
  useOwnModels.setState(({ openings }) => ({ openings: openings.map((each) => (each.key === key ? { ...each, ...changes } : each)) }));
}

function changeFile(key: number, at: number, changed: (file: OpenedFile) => OpenedFile): void {
  const { openings } = useOwnModels.getState();
  const files = openings.find((each) => each.key === key)?.files ?? [];
  change(key, { files: files.map((file, index) => (index === at ? changed(file) : file)) });
}
