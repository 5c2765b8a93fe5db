/** How lists of models become models that this browser can run. */
import { versionOfFiles } from '../core/run/exports';
import type { RemoteFile } from '../storage/download';
import { invalid, type ListedFile, type ListedLibrary, type ListedModel, type ModelList } from './list';
import { sharesVocabulary } from './pairing';
import { bytesOf, isAdded, isOwn, type LibrarySpec, type ModelSpec } from './spec';

/** A list with its models as they run in this browser. */
export interface ResolvedList {
  /** Absolute URL of the list. */
  readonly url: string;
  readonly list: ModelList;
  /** By their ids. */
  readonly models: Readonly<Record<string, ModelSpec>>;
}

/** A model that may draft for a target, and what it is called there. */
export interface DraftSpec {
  readonly name: string;
  /** Whether it is meant to be wrong often. */
  readonly weak: boolean;
  readonly model: ModelSpec;
}

/** A target, and the models that may draft for it, the first one first. */
export interface TargetSpec {
  /** Of target and drafts together. */
  readonly name: string;
  readonly model: ModelSpec;
  readonly drafts: readonly DraftSpec[];
  /** URL of the list that names it; null for a model from a hub. */
  readonly list: string | null;
}

/** All that this browser may run. */
export interface Catalogue {
  readonly lists: readonly ResolvedList[];
  /** The first is offered first. */
  readonly targets: readonly TargetSpec[];
  readonly models: readonly ModelSpec[];
}

/**
 * Models that a person added draft for what shares their vocabulary and is larger, and the other way round.
 *
 * @param hub those from a hub, which are in no list
 * @throws FailureError manifest-invalid where two lists give different models one id
 */
export function catalogueOf(lists: readonly ResolvedList[], hub: readonly ModelSpec[] = []): Catalogue {
  const models = [...lists.flatMap((each) => Object.values(each.models)), ...hub];
  const twice = models.find(({ id }, index) => models.findIndex((other) => other.id === id) !== index);
  if (twice) throw invalid(`two lists name a model "${twice.id}"`);
  const targets = lists.flatMap(({ url, list, models: byId }) =>
    list.pairs.flatMap(({ name, target, drafts }): TargetSpec[] => {
      const model = byId[target];
      if (!model) return [];
      const offered = drafts.flatMap((draft) => {
        const drafting = byId[draft.id];
        return drafting ? [{ name: draft.name, weak: draft.weak, model: drafting }] : [];
      });
      return [{ name, model, drafts: [...offered, ...smallerOf(model, models)], list: url }];
    }),
  );
  const ofHub = hub.map((model) => ({ name: model.name, model, drafts: smallerOf(model, models), list: null }));
  return { lists, targets: [...targets, ...ofHub], models };
}

/** Those of `models` that no list names as drafts of `target`, and which may draft for it since a person added one of both: the smallest first. */
function smallerOf(target: ModelSpec, models: readonly ModelSpec[]): DraftSpec[] {
  const size = ({ files }: ModelSpec) => bytesOf(files);
  return models
    .filter(
      (each) =>
        (isAdded(each.id) || isAdded(target.id)) &&
        each.statesOf === undefined &&
        each.rollsBack &&
        target.rollsBack &&
        size(each) < size(target) &&
        sharesVocabulary(target, each) === true,
    )
    .sort((a, b) => size(a) - size(b))
    .map((model) => ({ name: model.name, weak: false, model }));
}

/**
 * `list`, each model on the first of its libraries whose needs are all among `features`, and which is one of `stored` where that is given;
 * on its last where there is no such.
 *
 * @param url of the list, absolute
 * @param stored the places of libraries
 */
export function resolveList(list: ModelList, url: string, features: ReadonlySet<string>, stored?: ReadonlySet<string>): ResolvedList {
  const models = Object.entries(list.models).map(([id, model]) => [id, resolveModel(id, model, url, features, stored)] as const);
  return { url, list, models: Object.fromEntries(models) };
}

function resolveModel(
  id: string,
  listed: ListedModel,
  base: string,
  features: ReadonlySet<string>,
  stored?: ReadonlySet<string>,
): ModelSpec {
  const { name, parameters, vocabulary, context, tokenizer, template, stopTokens, rollsBack, statesOf } = listed;
  const libraries = listed.libraries.map((each) => librarySpec(each, base));
  const fits = (each: LibrarySpec) => missingOf(each, features).length === 0 && (stored?.has(each.place) ?? true);
  const library = firstFitting(libraries, fits);
  return {
    ...{ id, name, parameters, vocabulary, context, tokenizer, template, stopTokens, rollsBack, libraries, library },
    ...(statesOf === null ? {} : { statesOf }),
    backend: 'web-llm',
    revision: listed.revision ?? versionOfFiles(listed.files.map(({ path, bytes, sha256 }) => sha256 ?? `${path} ${bytes}`)),
    folder: new URL(listed.path, base).href,
    files: listed.files.map((file) => ({ ...fileSpec(file, base), ...(isOwn(id) ? { url: null } : {}) })),
    missing: missingOf(library, features),
  };
}

/** The first of `libraries` that `fits`, or the last of them. */
export function firstFitting(libraries: readonly LibrarySpec[], fits: (library: LibrarySpec) => boolean): LibrarySpec {
  return libraries.reduceRight((worse, each) => (fits(each) ? each : worse));
}

/** What `library` needs and `features` lack. */
export function missingOf({ needs }: LibrarySpec, features: ReadonlySet<string>): string[] {
  return needs.filter((need) => !features.has(need));
}

function fileSpec({ path, url, bytes, sha256 }: ListedFile, base: string): RemoteFile & { readonly url: string } {
  const place = new URL(path, base).href;
  return { url: url === null ? place : new URL(url, base).href, place, name: path, bytes, sha256 };
}

/** Every library of `list`, wherever it is named. */
export function librariesOf(list: ModelList, url: string): LibrarySpec[] {
  return Object.values(list.models).flatMap(({ libraries }) => libraries.map((each) => librarySpec(each, url)));
}

/** @param url of the list */
export function librarySpec({ needs, from, ...file }: ListedLibrary, url: string): LibrarySpec {
  const origin = from && { base: fileSpec(from.base, url), delta: fileSpec(from.delta, url) };
  return { ...fileSpec(file, url), needs, ...(origin ? { from: origin } : {}) };
}
