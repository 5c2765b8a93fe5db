/**
 * A pair of models as data: all that the engine needs to fetch, check, load and name them. Lists of models are resolved to it (`resolve.ts`) once; code that has
 * a pair needs no list. Plain data, which a worker's messages can carry.
 */
import { versionOfFiles } from '../core/run/exports';
import type { RunModel, RunModels } from '../core/types';
import type { ShapeLibrary } from '../formats/gguf';
import type { RemoteFile } from '../storage/download';

/** A compiled library, and the names of the WebGPU features that it needs. */
export interface LibrarySpec extends RemoteFile {
  readonly url: string;
  readonly needs: readonly string[];
}

/** A chat template as `conv_template` of mlc-chat-config.json has it. */
export type ChatTemplate = Readonly<Record<string, unknown>> & {
  readonly roles: Readonly<Record<string, string>>;
  readonly seps: readonly string[];
};

/** A model as it runs in this browser. */
export interface ModelSpec {
  readonly id: string;
  /** Equal for equal files, whatever library they run on. */
  readonly revision: string;
  readonly name: string;
  readonly parameters: number;
  /** The kind of engine that runs it. */
  readonly backend: 'web-llm';
  /** URL of the folder in which web-llm looks for resolve/main/. */
  readonly folder: string;
  readonly files: readonly RemoteFile[];
  /** Best first. */
  readonly libraries: readonly LibrarySpec[];
  /** The one of `libraries` that is used here. */
  readonly library: LibrarySpec;
  /** What it needs, of WebGPU, and this browser's adapter lacks: it runs where this is empty. */
  readonly missing: readonly string[];
  /** `tokens` of the tokenizer; a row of `logits` may be longer, padded at its end. */
  readonly vocabulary: { readonly tokens: number; readonly logits: number };
  /** Most tokens of prompt and answer together. */
  readonly context: number;
  /** Names the tokenizer by its content (`tokenizer.ts`); null where the list does not say. */
  readonly tokenizer: string | null;
  /** null: the one of its mlc-chat-config.json. */
  readonly template: ChatTemplate | null;
  /** null: those of its mlc-chat-config.json. */
  readonly stopTokens: readonly number[] | null;
  /** Whether tokens can be taken out of its cache again, which speculation needs. */
  readonly rollsBack: boolean;
  /** The weights (`weightsOf`) of the target whose hidden states it reads as it drafts. Absent: it reads tokens only. */
  readonly statesOf?: string;
  /** Whether its cache holds keys and values in half precision, which a library of ours can. Absent: in full precision. */
  readonly halfCache?: true;
  /** `files` are in MLC's format; what they become for this library of ours is made of them once, and then loaded. Absent: they are loaded as they are. */
  readonly conversion?: ShapeLibrary;
}

/** What keys and values are kept in, as a person chooses it: float32, or float16. */
export const KV_CACHES = ['full', 'half'] as const;

/** What the ids of a person's own models begin with, and no others. */
export const OWN = 'own:';

/** Whether the model `id` was made of a person's own file. */
export function isOwn(id: string): boolean {
  return id.startsWith(OWN);
}

/** What the ids of models from a hub begin with, and no others. */
export const HUB = 'hub:';

/** Whether the model `id` was fetched from a hub, or from any other address that a person gave. */
export function isOfHub(id: string): boolean {
  return id.startsWith(HUB);
}

/** Whether a person added the model `id` to those of the page: of a file, or from a hub. */
export function isAdded(id: string): boolean {
  return isOwn(id) || isOfHub(id);
}

/** A target, and what drafts for it: a model, the target `itself` with a second cache, or none (n-grams, a person, plain decoding). */
export interface PairSpec {
  readonly target: ModelSpec;
  readonly draft: ModelSpec | 'itself' | null;
}

/** `pair` of what `change` makes of its models. */
export function mapModels({ target, draft }: PairSpec, change: (model: ModelSpec) => ModelSpec): PairSpec {
  return { target: change(target), draft: draft === null || draft === 'itself' ? draft : change(draft) };
}

/** `pair` with its caches in half precision. */
export function withHalfCaches(pair: PairSpec): PairSpec {
  return mapModels(pair, (model) => ({ ...model, halfCache: true }));
}

/** The models of `pair` that are fetched: two at most. */
export function modelsOf({ target, draft }: PairSpec): readonly ModelSpec[] {
  return draft === null || draft === 'itself' ? [target] : [target, draft];
}

/** What the draft of `pair` is called; '' where it has none. */
export function nameOfDraft({ target, draft }: PairSpec): string {
  return draft === 'itself' ? `${target.name}, itself` : (draft?.name ?? '');
}

/** What a run keeps of `pair`: ids and revisions. @param drafts whether the draft has a part in the run */
export function runModelsOf({ target, draft }: PairSpec, drafts: boolean): RunModels {
  return { target: runModelOf(target), draft: !drafts || draft === null ? null : draft === 'itself' ? 'itself' : runModelOf(draft) };
}

/** What a run keeps of `model`. */
export function runModelOf({ id, revision, halfCache }: ModelSpec): RunModel {
  return { id, revision, ...(halfCache && { halfCache }) };
}

/** Whether a run kept `model` as `kept`, with the same cache. */
export function isRunModel(kept: RunModel, model: ModelSpec): boolean {
  return hasRunFiles(kept, model) && kept.halfCache === model.halfCache;
}

/** Whether a run kept `model` as `kept`, whatever its cache held. */
export function hasRunFiles(kept: RunModel, { id, revision }: ModelSpec): boolean {
  return kept.id === id && kept.revision === revision;
}

/** Whether `a` and `b` are the same files, running on the same library. */
export function hasSameFiles(a: ModelSpec, b: ModelSpec): boolean {
  return a.id === b.id && a.revision === b.revision && a.folder === b.folder && a.library.place === b.library.place;
}

/** Whether they keep the same cache as well. */
export function isSameModel(a: ModelSpec, b: ModelSpec): boolean {
  return hasSameFiles(a, b) && a.halfCache === b.halfCache;
}

/** Whether the draft of one pair is that of another with the same target. */
export function isSameDraft(a: PairSpec['draft'], b: PairSpec['draft']): boolean {
  return typeof a === 'object' && typeof b === 'object' && a && b ? isSameModel(a, b) : a === b;
}

/** What loading `model` on WebGPU may fetch. */
export function filesOf(model: ModelSpec): readonly RemoteFile[] {
  return [...model.files, model.library];
}

/** Names the weights of `model`: equal for equal ones, whatever its template, its context and its library are. */
export function weightsOf({ files }: Pick<ModelSpec, 'files'>): string {
  const weights = files.filter(({ name }) => name.endsWith('.bin'));
  return versionOfFiles(weights.map(({ name, bytes, sha256 }) => sha256 ?? `${name} ${bytes}`));
}

/** Bytes of `files`, those of unknown length left out. */
export function bytesOf(files: readonly RemoteFile[]): number {
  return files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

/** The file of `model` that web-llm knows as `name`. */
export function fileOf({ files, folder }: Pick<ModelSpec, 'files' | 'folder'>, name: string): RemoteFile | undefined {
  return files.find(({ place }) => place === `${folder}/resolve/main/${name}`);
}
