import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { featuresHere } from '../gpu/adapter';
import { fetchPatiently, refusal } from '../storage/fetching';
import { keepList, keptList } from '../storage/keptList';
import { isLibraryStored } from './storedModels';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
// Relative and without "..": a manifest names files below its own folder only.
const path = v.pipe(v.string(), v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const file = v.object({ path, bytes: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });

/** A compiled library, and the names of the WebGPU features that it needs. */
const library = v.object({ needs: v.array(name), ...file.entries });
const libraries = v.pipe(
  v.array(library),
  v.minLength(1, 'it is empty'),
  v.check((all) => all.at(-1)?.needs.length === 0, 'the last must need nothing, so that it runs everywhere'),
  v.check((all) => new Set(all.map((each) => each.path)).size === all.length, 'one is there twice'),
  v.check(
    (all) => !all.some(({ needs }, index) => all.slice(0, index).some((before) => before.needs.every((need) => needs.includes(need)))),
    'one would never be chosen, because one before it needs no more',
  ),
);

const modelList = v.object({
  format: v.literal(1),
  pair: v.object({
    name,
    target: name,
    drafts: v.pipe(v.array(v.object({ id: name, name })), v.minLength(1)),
  }),
  models: v.record(
    name,
    v.object({
      name,
      parameters: count,
      vocabulary: count,
      context: count,
      /** The folder in which web-llm looks for resolve/main/. */
      path,
      /** Best first; the last needs nothing. */
      libraries,
      files: v.pipe(v.array(file), v.minLength(1)),
    }),
  ),
});

/** What public/models holds: a pair of models with the size and SHA-256 of every file. Paths are relative to the manifest. */
export type ModelList = v.InferOutput<typeof modelList>;
type Library = v.InferOutput<typeof library>;

/** A model as it runs in this browser: on `library`, one of its libraries. */
export interface ModelEntry extends Readonly<ModelList['models'][string]> {
  readonly library: Library;
}

/** The list of models for this browser. */
export interface Manifest extends ModelList {
  readonly models: Record<string, ModelEntry>;
}

/** How long the network may take to answer where a kept manifest could serve. */
const PATIENCE_MS = 4000;

/**
 * The manifest in folder `modelsUrl` (absolute, with its final slash) for this browser; without a network, or where anything but the list
 * answers, the last one whose pair was stored whole, each model on the best of its libraries that are stored.
 *
 * @throws FailureError file-missing, server-refused, network, manifest-invalid
 */
export async function fetchManifest(modelsUrl: string, signal?: AbortSignal): Promise<Manifest> {
  const [features, { list, kept }] = await Promise.all([featuresHere(), fetchList(manifestUrl(modelsUrl), signal)]);
  if (!kept) return fitManifest(list, features);
  const libraries = Object.values(list.models).flatMap((model) => model.libraries);
  const stored = await Promise.all(libraries.map(async (each) => ((await isLibraryStored(each, modelsUrl)) ? [each] : [])));
  return fitManifest(list, features, new Set(stored.flat()));
}

/**
 * `list` with each model on the first of its libraries whose needs are all among `features`, and which is one of `stored` where that is given;
 * on its last, which needs nothing, where there is no such.
 */
export function fitManifest(list: ModelList, features: ReadonlySet<string>, stored?: ReadonlySet<Library>): Manifest {
  const fits = (each: Library) => each.needs.every((need) => features.has(need)) && (stored?.has(each) ?? true);
  const models = Object.entries(list.models).map(([id, model]) => {
    const chosen = model.libraries.reduceRight((worse, each) => (fits(each) ? each : worse));
    return [id, { ...model, library: chosen }] as const;
  });
  return { ...list, models: Object.fromEntries(models) };
}

/** The list of models at `url`, or the kept one where anything else answers, or nothing; that the server has none (404) is believed. */
async function fetchList(url: string, signal?: AbortSignal): Promise<{ readonly list: ModelList; readonly kept: boolean }> {
  const text = await keptList(url);
  const kept = text === null ? null : parseKept(text);
  if (kept && !navigator.onLine) return { list: kept, kept: true };
  try {
    return { list: await (kept ? askSoon : askFor)(url, signal), kept: false };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!kept || (thrown instanceof FailureError && thrown.failure.code === 'file-missing')) throw thrown;
    return { list: kept, kept: true };
  }
}

/** `askFor`, once and not for long. */
function askSoon(url: string, signal?: AbortSignal): Promise<ModelList> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return askFor(url, signal ? AbortSignal.any([signal, patience]) : patience, 1);
}

/** The list that the server has at `url`. @throws FailureError file-missing, server-refused, network, manifest-invalid; or the signal's reason */
async function askFor(url: string, signal?: AbortSignal, tries?: number): Promise<ModelList> {
  const response = await fetchPatiently(url, signal, tries).catch((cause) => {
    signal?.throwIfAborted();
    throw new FailureError('network', `The list of models could not be fetched from ${url}.`, 'Check the connection and run again.', cause);
  });
  if (!response.ok) throw refusal('The list of models', response, missing(url));
  // Cut short, or a page of a proxy between.
  const list: unknown = await response.json().catch(() => undefined);
  signal?.throwIfAborted();
  return parseManifest(list);
}

function missing(url: string): FailureError {
  return new FailureError(
    'file-missing',
    `The list of models is missing: ${url} answered 404.`,
    'The server of this page must serve its folder models/ too.',
  );
}

/** From now on `manifest`, whose pair is stored whole, serves without a network, in a browser with other features too. @throws DOMException where there is no room or no storage */
export function keepManifest(modelsUrl: string, manifest: Manifest): Promise<void> {
  return keepList(manifestUrl(modelsUrl), JSON.stringify(manifest));
}

/** Whether `manifest` is the one that serves without a network, with these libraries. */
export async function isKept(modelsUrl: string, manifest: Manifest): Promise<boolean> {
  return (await keptList(manifestUrl(modelsUrl))) === JSON.stringify(manifest);
}

function manifestUrl(modelsUrl: string): string {
  return new URL('manifest.json', modelsUrl).href;
}

/** null for what another version of the page kept and this one cannot read. */
function parseKept(text: string): ModelList | null {
  try {
    return parseManifest(JSON.parse(text));
  } catch {
    return null;
  }
}

/** @throws FailureError manifest-invalid, naming the first field that is wrong */
export function parseManifest(value: unknown): ModelList {
  const result = v.safeParse(modelList, value);
  const missing =
    result.success &&
    [result.output.pair.target, ...result.output.pair.drafts.map((draft) => draft.id)].find((id) => !result.output.models[id]);
  if (result.success && !missing) return result.output;
  const issue = result.success
    ? `it names model "${missing}" but does not list it`
    : `${v.getDotPath(result.issues[0]) ?? 'it'}: ${result.issues[0].message}`;
  throw new FailureError(
    'manifest-invalid',
    `The list of models cannot be used: ${issue}.`,
    'Serve the manifest.json that belongs to this version of the page.',
  );
}

export interface DraftChoice {
  /** In the manifest. */
  readonly id: string;
  readonly name: string;
  /** Whether it is the target. */
  readonly itself: boolean;
}

/** What may draft for the target: the manifest's drafts, and at last the target itself. */
export function draftChoices({ pair, models }: ModelList): DraftChoice[] {
  const drafts = pair.drafts.map(({ id, name }) => ({ id, name, itself: false }));
  return [...drafts, { id: pair.target, name: models[pair.target]?.name ?? pair.target, itself: true }];
}

/** The entries of the target and of draft `draftId`. @throws FailureError invalid-setting, vocabulary-mismatch */
export function selectEntries(manifest: Manifest, draftId: string): { target: ModelEntry; draft: ModelEntry } {
  const target = manifest.models[manifest.pair.target];
  const draft = manifest.models[draftId];
  if (!target || !draft) {
    const known = draftChoices(manifest)
      .map(({ id }) => id)
      .join(', ');
    throw new FailureError('invalid-setting', `There is no draft "${draftId}".`, `Choose one of: ${known}.`);
  }
  const tokenizer = (entry: ModelEntry) => entry.files.find((file) => file.path.endsWith('/tokenizer.json'))?.sha256;
  if (target.vocabulary !== draft.vocabulary || tokenizer(target) !== tokenizer(draft)) {
    throw new FailureError(
      'vocabulary-mismatch',
      `"${draft.name}" and "${target.name}" do not share a vocabulary, so no draft could ever be judged.`,
      'Choose a draft of the target’s own family.',
    );
  }
  return { target, draft };
}
