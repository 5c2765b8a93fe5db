import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { keepList, keptList } from './keptList';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
// Relative and without "..": a manifest names files below its own folder only.
const path = v.pipe(v.string(), v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const file = v.object({ path, bytes: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });

const manifest = v.object({
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
      /** The compiled library. */
      library: file,
      files: v.pipe(v.array(file), v.minLength(1)),
    }),
  ),
});

/** What public/models holds: a pair of models with the size and SHA-256 of every file. Paths are relative to the manifest. */
export type Manifest = v.InferOutput<typeof manifest>;
export type ModelEntry = Manifest['models'][string];
export type ModelFile = ModelEntry['files'][number];

/** How long the network may take to answer where a kept manifest could serve. */
const PATIENCE_MS = 4000;

/**
 * The manifest in folder `modelsUrl` (absolute, with its final slash); without a network, or where that does not answer, the last one whose
 * pair was stored whole.
 *
 * @throws FailureError file-missing, network, manifest-invalid
 */
export async function fetchManifest(modelsUrl: string, signal?: AbortSignal): Promise<Manifest> {
  const url = manifestUrl(modelsUrl);
  const text = await keptList(url);
  const kept = text === null ? null : parseKept(text);
  if (kept && !navigator.onLine) return kept;
  const patience = kept ? [AbortSignal.timeout(PATIENCE_MS)] : [];
  let response: Response;
  try {
    response = await fetch(url, { cache: 'no-cache', signal: AbortSignal.any([...(signal ? [signal] : []), ...patience]) });
  } catch (cause) {
    signal?.throwIfAborted();
    if (kept) return kept;
    throw new FailureError('network', `The list of models could not be fetched from ${url}.`, 'Check the connection and run again.', cause);
  }
  if (response.ok) {
    const list: unknown = await response.json().catch(() => undefined);
    signal?.throwIfAborted();
    // Cut short, or the page of whoever stands between.
    return list === undefined && kept ? kept : parseManifest(list);
  }
  // A server that is down is no better than none.
  if (kept && response.status >= 500) return kept;
  throw new FailureError(
    'file-missing',
    `The list of models is missing: ${url} answered ${response.status}.`,
    'Whoever serves this page must serve its folder models/ too.',
  );
}

/** From now on `manifest`, whose pair is stored whole, serves without a network. @throws DOMException where there is no room or no storage */
export function keepManifest(modelsUrl: string, manifest: Manifest): Promise<void> {
  return keepList(manifestUrl(modelsUrl), JSON.stringify(manifest));
}

/** Whether `manifest` is the one that serves without a network. */
export async function isKept(modelsUrl: string, manifest: Manifest): Promise<boolean> {
  return (await keptList(manifestUrl(modelsUrl))) === JSON.stringify(manifest);
}

function manifestUrl(modelsUrl: string): string {
  return new URL('manifest.json', modelsUrl).href;
}

/** null for what another version of the page kept and this one cannot read. */
function parseKept(text: string): Manifest | null {
  try {
    return parseManifest(JSON.parse(text));
  } catch {
    return null;
  }
}

/** @throws FailureError manifest-invalid, naming the first field that is wrong */
export function parseManifest(value: unknown): Manifest {
  const result = v.safeParse(manifest, value);
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
export function draftChoices({ pair, models }: Manifest): DraftChoice[] {
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
