/** The pair that a command names. */
import fs from 'node:fs';
import path from 'node:path';
import { findLists } from '../../scripts/furtherLists.mjs';
import { fetchCatalogue } from '../catalog/lists';
import { ownFolder, readOwnLists } from '../catalog/own';
import { draftsOnCpu } from '../catalog/pairing';
import type { Catalogue, TargetSpec } from '../catalog/resolve';
import type { ModelSpec, PairSpec } from '../catalog/spec';
import type { Imported, ImportProgress } from '../engine/tasks';
import { blobSource, naming, openGguf } from '../formats/gguf';
import type { NodeEngine } from './engine';
import { PAGE } from './localFiles';
import { DRAFTS_WITHOUT_MODEL, type DraftName, type ModelName, readDraftName, readModelName } from './modelNames';
import { usageError } from './usage';

export interface PairSetup extends Pick<NodeEngine, 'engine' | 'storage' | 'prefersCpu'> {
  /** The lists of models beside the page, the first one first. */
  readonly lists: readonly string[];
  /** Whether caches are to be in half precision, which decides what fits; false by default. */
  readonly halfCache?: boolean;
  readonly report: (update: ImportProgress | Imported) => void;
  readonly signal: AbortSignal;
}

export interface ChosenPair {
  readonly pair: PairSpec;
  /** What drafts unless a request says otherwise; null: nothing. */
  readonly drafting: 'model' | 'ngram' | null;
}

/** A model that a name means, and what its list offers as its drafts. */
type Found = Pick<TargetSpec, 'model' | 'drafts'>;

/** The lists beside the page in `folder`: its own, then those of further models. */
export function pageLists(folder: string): string[] {
  return ['models/manifest.json', ...findLists(folder)].map((list) => `${PAGE}${list}`);
}

/**
 * @param target an id, an address or folder with a list of models, or a GGUF file; undefined: the embedded pair's
 * @param draft the same, or "ngram", "itself" or "none"; undefined: the first draft that the target's list names, else n-grams
 * @throws FailureError command-invalid where there is no such model, or what keeps it from being used; or the signal's reason
 */
export async function choosePair(target: string | undefined, draft: string | undefined, setup: PairSetup): Promise<ChosenPair> {
  const named = target === undefined ? null : readModelName(target);
  const drafting = draft === undefined ? null : readDraftName(draft);
  const own = await importFiles([named, drafting], setup);
  const found = await find(named, own, setup);
  return choose(found, drafting, own, setup);
}

/**
 * Reads each GGUF file that `target` or `draft` names up to its weights, without a device: what is wrong with a file is told before what it would run on is missing.
 *
 * @throws FailureError command-invalid, gguf-invalid, gguf-unsupported; or the signal's reason
 */
export async function checkFiles(target: string | undefined, draft: string | undefined, signal: AbortSignal): Promise<void> {
  const names = [target === undefined ? null : readModelName(target), draft === undefined ? null : readDraftName(draft)];
  const files = ggufPaths(names);
  for (const file of files) {
    const opening = openGguf(blobSource(await fs.openAsBlob(file)), signal);
    await naming(opening, files.length > 1 ? path.basename(file) : null);
  }
}

function ggufPaths(names: readonly (DraftName | null)[]): string[] {
  return [...new Set(names.flatMap((name) => (name?.kind === 'gguf' ? [name.path] : [])))];
}

async function choose(
  { model: target, drafts }: Found,
  drafting: DraftName | null,
  own: ReadonlyMap<string, ModelSpec>,
  setup: PairSetup,
): Promise<ChosenPair> {
  const [first] = setup.prefersCpu && !setup.halfCache ? draftsOnCpu(drafts, ({ model }) => model) : drafts;
  if (drafting === null && first) return { pair: { target, draft: first.model }, drafting: 'model' };
  if (drafting === null || drafting.kind === 'ngram') return { pair: { target, draft: null }, drafting: 'ngram' };
  if (drafting.kind === 'none') return { pair: { target, draft: null }, drafting: null };
  if (drafting.kind === 'itself') return { pair: { target, draft: 'itself' }, drafting: 'model' };
  return { pair: { target, draft: (await find(drafting, own, setup, DRAFTS_WITHOUT_MODEL)).model }, drafting: 'model' };
}

/** Makes models of the GGUF files among `names`, unless they were made before. @returns them by the paths of their files */
async function importFiles(names: readonly (DraftName | null)[], setup: PairSetup): Promise<ReadonlyMap<string, ModelSpec>> {
  const paths = ggufPaths(names);
  if (paths.length === 0) return new Map();
  const files = await Promise.all(paths.map(async (file) => new File([await fs.openAsBlob(file)], path.basename(file))));
  const ids = new Map<number, string>();
  const report = (update: ImportProgress | Imported) => {
    if (update.type === 'imported') ids.set(update.file, update.id);
    setup.report(update);
  };
  await setup.engine.import(
    { type: 'import', files, base: PAGE, halfCache: setup.halfCache ?? false, backend: setup.prefersCpu ? 'auto' : 'webgpu' },
    report,
    setup.signal,
  );
  const made = (await readOwnLists(setup.storage, ownFolder(PAGE))).flatMap(({ models }) => Object.values(models));
  return new Map(paths.flatMap((file, index) => made.filter(({ id }) => id === ids.get(index)).map((model) => [file, model] as const)));
}

/** @param name null: the first target beside the page @param besides what else may be named @throws FailureError command-invalid */
async function find(
  name: ModelName | null,
  own: ReadonlyMap<string, ModelSpec>,
  setup: PairSetup,
  besides: readonly string[] = [],
): Promise<Found> {
  if (name?.kind === 'gguf') {
    const model = own.get(name.path);
    if (!model) throw new RangeError(`no model was made of ${name.path}`);
    return { model, drafts: [] };
  }
  const urls = name?.kind === 'list' ? [name.url] : setup.lists;
  const catalogue = await fetchCatalogue(urls, setup.storage, null, null, setup.signal);
  const id = name === null ? null : name.id;
  const found = id === null ? catalogue.targets[0] : findById(catalogue, id);
  if (found) return found;
  const known = [...besides, ...catalogue.models.map((model) => model.id)].join(', ');
  throw usageError(`There is no model "${id}".`, `Name one of: ${known}; or an address, a folder, or a GGUF file.`);
}

function findById({ targets, models }: Catalogue, id: string): Found | undefined {
  const model = models.find((each) => each.id === id);
  return targets.find((each) => each.model.id === id) ?? (model && { model, drafts: [] });
}
