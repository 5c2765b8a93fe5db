/** How lists of models are fetched, and kept for a page without a network. */
import { type FailureCode, FailureError } from '../core/failure';
import { adapterHere, featuresOf } from '../gpu/adapter';
import { fetchPatiently, refusal } from '../storage/fetching';
import { keepList, keptList } from '../storage/keptList';
import type { FileStorage } from '../storage/port';
import { readHubModels } from './hubModels';
import { invalid, type ModelList, parseList } from './list';
import { ownFolder, readOwnLists } from './own';
import { draftsOnCpu } from './pairing';
import { type Catalogue, catalogueOf, librariesOf, type ResolvedList, resolveList } from './resolve';
import { isAdded, isOfHub, isOwn, type ModelSpec } from './spec';
import { isLibraryStored } from './storedModels';

/** How long the network may take to answer where a kept list could serve. */
const PATIENCE_MS = 4000;

/** Why a list beside the first cannot be had now, which is no reason to do without the first. */
const NOT_HAD: readonly FailureCode[] = ['network', 'server-refused'];

/**
 * All that the lists at `urls` offer this browser. The first list must be there; another offers nothing where it is missing, and what it offered
 * before where it cannot be had now. Without a network, or where anything but the list answers, the last one serves whose pair was stored whole, each
 * model on the best of its libraries that are stored.
 *
 * @param base of the page, with which models are kept that a person added (`own.ts`, `hubModels.ts`), and which are offered behind them; null: none
 * @param before what the same lists offered when they were last read
 * @throws FailureError file-missing, server-refused, network, manifest-invalid; or the signal's reason
 */
export async function fetchCatalogue(
  urls: readonly string[],
  storage: FileStorage,
  base: string | null = null,
  before: Catalogue | null = null,
  signal?: AbortSignal,
): Promise<Catalogue> {
  // Asked for while the lists come.
  const adapter = adapterHere();
  const features = adapter.then(featuresOf);
  const lists = urls.map(async (url, index): Promise<ResolvedList[]> => {
    try {
      return [await fetchList(url, features, storage, index === 0 ? askFor : askSoon, signal)];
    } catch (thrown) {
      signal?.throwIfAborted();
      if (index === 0 || !(thrown instanceof FailureError)) throw thrown;
      if (thrown.failure.code === 'file-missing') return [];
      if (NOT_HAD.includes(thrown.failure.code)) return listsBefore((each) => each === url);
      throw thrown;
    }
  });
  const listsBefore = (isOne: (url: string) => boolean) => before?.lists.filter((each) => isOne(each.url)) ?? [];
  const added = base === null ? { lists: [], hub: [] } : readAdded(storage, base, before);
  const read = (await Promise.all(lists)).flat();
  const { lists: own, hub } = await added;
  // A head that is named all the same is refused by name.
  const offered = (await adapter) ? read : read.map(onCpu);
  return catalogueOf([...offered, ...own], hub);
}

function onCpu(resolved: ResolvedList): ResolvedList {
  const pairs = resolved.list.pairs.map((pair) => ({ ...pair, drafts: draftsOnCpu(pair.drafts, ({ id }) => resolved.models[id]) }));
  return { ...resolved, list: { ...resolved.list, pairs } };
}

/** What a person added, or was added `before` where that cannot be read now. */
export async function readAdded(
  storage: FileStorage,
  base: string,
  before: Catalogue | null,
): Promise<{ readonly lists: readonly ResolvedList[]; readonly hub: readonly ModelSpec[] }> {
  const folder = ownFolder(base);
  const [lists, hub] = await Promise.all([
    readOwnLists(storage, folder).catch(() => before?.lists.filter(({ url }) => url.startsWith(folder)) ?? []),
    readHubModels(storage, base).catch(() => before?.models.filter(({ id }) => isOfHub(id)) ?? []),
  ]);
  return { lists, hub };
}

async function fetchList(
  url: string,
  features: Promise<ReadonlySet<string>>,
  storage: FileStorage,
  ask: typeof askSoon,
  signal: AbortSignal | undefined,
): Promise<ResolvedList> {
  const { list, kept } = await askOrKept(url, storage, ask, signal);
  if (!kept) return resolveList(list, url, await features);
  const stored = await Promise.all(
    librariesOf(list, url).map(async (each) => ((await isLibraryStored(each, storage).catch(() => false)) ? [each.place] : [])),
  );
  return resolveList(list, url, await features, new Set(stored.flat()));
}

/** The list of models at `url`, by `ask` where none is kept; or the kept one where anything else answers, or nothing; that the server has none (404) is believed. */
async function askOrKept(
  url: string,
  storage: FileStorage,
  ask: typeof askSoon,
  signal: AbortSignal | undefined,
): Promise<{ readonly list: ModelList; readonly kept: boolean }> {
  const text = await keptList(storage, url);
  const kept = text === null ? null : parseKept(text);
  if (kept && globalThis.navigator?.onLine === false) return { list: kept, kept: true };
  try {
    return { list: await (kept ? askSoon : ask)(url, signal), kept: false };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!kept || (thrown instanceof FailureError && thrown.failure.code === 'file-missing')) throw thrown;
    return { list: kept, kept: true };
  }
}

/** `askFor`, once and not for long. */
function askSoon(url: string, signal?: AbortSignal): Promise<ModelList> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return askFor(url, signal ? AbortSignal.any([patience, signal]) : patience, 1);
}

/** The list that the server has at `url`. @throws FailureError file-missing, server-refused, manifest-invalid; network, where `patience` ends too */
async function askFor(url: string, patience?: AbortSignal, tries?: number): Promise<ModelList> {
  const response = await fetchPatiently(url, patience, tries).catch((cause) => {
    throw unreachable(url, cause);
  });
  if (!response.ok) throw refusal('The list of models', response, missing(url));
  if (response.headers.get('content-type')?.startsWith('text/html')) throw page(url);
  // Cut short, or a page of a proxy between.
  const read: unknown = await response.json().catch(() => undefined);
  if (patience?.aborted) throw unreachable(url, patience.reason);
  const list = parseList(read);
  const taken = Object.keys(list.models).find(isAdded);
  if (taken) throw invalid(`it names a model "${taken}", as only models that a person adds are named`);
  return list;
}

function unreachable(url: string, cause: unknown): FailureError {
  return new FailureError('network', `The list of models could not be fetched from ${url}.`, 'Check the connection and run again.', cause);
}

function missing(url: string): FailureError {
  return new FailureError(
    'file-missing',
    `The list of models is missing: ${url} answered 404.`,
    'The server of this page must serve its folder models/ too.',
  );
}

/** As servers of single-page programs answer for every file that is not there. */
function page(url: string): FailureError {
  return new FailureError(
    'server-refused',
    `There is no list of models at ${url}: the server answered with a page.`,
    'The server of this page must serve its folder models/, and answer 404 for what is not there.',
  );
}

/** From now on `resolved`, whose pair is stored whole, serves without a network, in a browser with other features too. @throws where there is no room or no storage */
export async function keepResolved(resolved: ResolvedList, storage: FileStorage): Promise<void> {
  // Who makes an own model keeps its list, and who deletes it must find no one who keeps it again.
  if (isOwnList(resolved)) return;
  await keepList(storage, resolved.url, documentOf(resolved));
}

/** Whether `resolved` is the list that serves without a network, with these libraries. */
export async function isKept(resolved: ResolvedList, storage: FileStorage): Promise<boolean> {
  const kept = await keptList(storage, resolved.url);
  return isOwnList(resolved) ? kept !== null : kept === documentOf(resolved);
}

function isOwnList({ models }: ResolvedList): boolean {
  return Object.keys(models).some(isOwn);
}

/** What is kept of a list: itself, and which libraries were chosen. */
function documentOf({ list, models }: ResolvedList): string {
  return JSON.stringify({ ...list, chosen: Object.values(models).map(({ id, library }) => [id, library.name]) });
}

/** null for what another version of the page kept and this one cannot read. */
function parseKept(text: string): ModelList | null {
  try {
    return parseList(JSON.parse(text));
  } catch {
    return null;
  }
}
