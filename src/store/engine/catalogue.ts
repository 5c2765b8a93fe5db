import { useMemo } from 'react';
import { create } from 'zustand';
import { fetchCatalogue, readAdded } from '../../catalog/lists';
import { ownFolder } from '../../catalog/own';
import { type DraftChoice, draftChoices, findDraft, findTarget, pairOf, settledChoice } from '../../catalog/pairing';
import { type Catalogue, catalogueOf, type ResolvedList, type TargetSpec } from '../../catalog/resolve';
import { hasRunFiles, isOfHub, isRunModel, type ModelSpec, type PairSpec } from '../../catalog/spec';
import type { RunSettings, StartEvent } from '../../core/types';
import { DEFAULT_PREPARED, FIRST_TARGET, type PreparedSettings } from '../../formats/settings';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { changeSettings, type Settings, targetChange, useSettings } from '../run/settings';
import { withChosenCache } from './halfCaches';

declare global {
  interface ImportMetaEnv {
    /** The lists that lie beside the page's own, as the build found them (`scripts/furtherLists.mjs`). */
    readonly FURTHER_LISTS?: readonly string[];
  }
}

export interface CatalogueState {
  /** null until it is read */
  readonly catalogue: Catalogue | null;
  /** Addresses of lists beside the page's own, relative to the page. */
  readonly further: readonly string[];
}

export const useCatalogue = create<CatalogueState>()(() => ({ catalogue: null, further: import.meta.env.FURTHER_LISTS ?? [] }));

let reading: Promise<Catalogue> | null = null;
let outdated = false;

/** All lists of models, read once, and again after a failure of theirs or of the models that they name. @throws FailureError of `fetchCatalogue` */
export async function readCatalogue(): Promise<Catalogue> {
  const known = useCatalogue.getState().catalogue;
  if (known && !outdated) return known;
  reading ??= fetchCatalogue(listUrls(), BROWSER_CACHE, document.baseURI, known)
    .then(
      (fetched) => {
        outdated = false;
        const catalogue = withCaches(fetched);
        useCatalogue.setState({ catalogue });
        settlePair();
        return catalogue;
      },
      (failed) => {
        // What was read before still names what is loaded.
        if (known) return known;
        throw failed;
      },
    )
    .finally(() => {
      reading = null;
    });
  return reading;
}

/** Reads the models that a person added again, which are in the storage alone; the other lists stay. */
export async function readAddedModels(): Promise<void> {
  const before = useCatalogue.getState().catalogue;
  if (!before) return;
  const added = await readAdded(BROWSER_CACHE, document.baseURI, before);
  const [lists, hub] = [added.lists, added.hub.map(withChosenCache)];
  const { catalogue } = useCatalogue.getState();
  if (!catalogue) return;
  const folder = ownFolder(document.baseURI);
  const isOwnList = ({ url }: ResolvedList) => url.startsWith(folder);
  // A model that was made again has a list of the same address.
  const content = (own: readonly ResolvedList[], models: readonly ModelSpec[]) =>
    JSON.stringify([own.map(({ url, list }) => [url, list]), models]);
  const known = content(
    catalogue.lists.filter(isOwnList),
    catalogue.models.filter(({ id }) => isOfHub(id)),
  );
  if (known === content(lists, hub)) return;
  useCatalogue.setState({ catalogue: withCaches(catalogueOf([...catalogue.lists.filter((each) => !isOwnList(each)), ...lists], hub)) });
  settlePair();
}

/** `catalogue` whose models have the caches that were chosen for them. */
function withCaches({ lists, models }: Catalogue): Catalogue {
  const chosen = lists.map((list) => ({
    ...list,
    models: Object.fromEntries(Object.entries(list.models).map(([id, model]) => [id, withChosenCache(model)])),
  }));
  return catalogueOf(chosen, models.filter(({ id }) => isOfHub(id)).map(withChosenCache));
}

/** Gives the models the caches that are chosen for them now. */
export function adoptCaches(): void {
  const { catalogue } = useCatalogue.getState();
  if (catalogue) useCatalogue.setState({ catalogue: withCaches(catalogue) });
}

/** Models could not be loaded: the server may have others by now, so the lists are read again before the next attempt. */
export function distrustLists(): void {
  outdated = true;
}

/** Absolute URLs of the lists beside the page, its own first. */
function listUrls(): string[] {
  return ['models/manifest.json', ...useCatalogue.getState().further].map((path) => new URL(path, document.baseURI).href);
}

/** Names target and draft by their ids; a target that the page does not have gives way to the first, with what drafted for that. */
function settlePair(): void {
  const target = chosenTarget();
  if (!target) return;
  const settings = useSettings.getState();
  const known = settings.target === FIRST_TARGET || settings.target === target.model.id;
  const change = known ? {} : targetChange(settings, target.model.id);
  const settled = { ...change, ...settledChoice(target, { ...settings, ...change }) };
  const { target: id, draft, drafting } = settled;
  if (id !== settings.target || draft !== settings.draft || drafting !== settings.drafting) changeSettings(settled);
}

/** The settings of a first visit, with the ids of its models once the catalogue is read. */
export function settledDefaults(): PreparedSettings {
  const first = useCatalogue.getState().catalogue?.targets[0];
  return first ? { ...DEFAULT_PREPARED, ...settledChoice(first, DEFAULT_PREPARED) } : DEFAULT_PREPARED;
}

/** While a page is open, its settings name target and draft by their ids, however they were changed. @returns what ends it */
export function keepPairSettled(): () => void {
  settlePair();
  return useSettings.subscribe(settlePair);
}

/** The id of the draft that `wanted` names (`findDraft`); null where the target has none of that name, and before the catalogue is read. */
export function idOfDraft(wanted: string, target = chosenTarget()): string | null {
  return (target && findDraft(target, wanted)?.id) ?? null;
}

/** The target of the settings, or the first where that is unknown; null until the catalogue is read. */
export function chosenTarget(
  { catalogue }: Pick<CatalogueState, 'catalogue'> = useCatalogue.getState(),
  { target }: Pick<Settings, 'target'> = useSettings.getState(),
): TargetSpec | null {
  const targets = catalogue?.targets ?? [];
  return findTarget(targets, target) ?? targets[0] ?? null;
}

/** `chosenTarget`, kept true. */
export function useTarget(): TargetSpec | null {
  const catalogue = useCatalogue((state) => state.catalogue);
  const target = useSettings((settings) => settings.target);
  return chosenTarget({ catalogue }, { target });
}

/** Whether there are several targets to choose from. */
export function isTargetAChoice({ catalogue }: Pick<CatalogueState, 'catalogue'> = useCatalogue.getState()): boolean {
  return (catalogue?.targets.length ?? 0) > 1;
}

/** Whether `target` is one of the page's own list, whose models know a few kinds of text; others answer any prompt. True until the catalogue is read. */
export function isEmbedded(target: TargetSpec | null): boolean {
  return target === null || target.list === useCatalogue.getState().catalogue?.lists[0]?.url;
}

/** In what a run is none of `target` as it is now: another model, or its cache held another precision; null where it is one. By files, by the name where the run kept no more. */
export function otherThan(
  { models, labels }: Pick<StartEvent, 'models' | 'labels'>,
  { model }: TargetSpec,
): 'other-target' | 'other-cache' | null {
  if (!models) return labels.target === model.name ? null : 'other-target';
  if (isRunModel(models.target, model)) return null;
  return hasRunFiles(models.target, model) ? 'other-cache' : 'other-target';
}

/** Whether a run was one of `target` as it is now. */
export function isRunOf(start: Pick<StartEvent, 'models' | 'labels'>, target: TargetSpec): boolean {
  return otherThan(start, target) === null;
}

/** The list that names the target. */
export function listOfTarget(): ResolvedList | null {
  const { catalogue } = useCatalogue.getState();
  return catalogue?.lists.find(({ url }) => url === chosenTarget()?.list) ?? null;
}

/** What may draft for any target: whatever is on the page was measured with one of these. Empty until the catalogue is read. */
export function useAllDrafts(): readonly DraftChoice[] {
  const catalogue = useCatalogue((state) => state.catalogue);
  return useMemo(() => catalogue?.targets.flatMap(draftChoices) ?? [], [catalogue]);
}

/** What may draft; nothing until the catalogue is read. */
export function offeredDrafts(): readonly DraftChoice[] {
  const target = chosenTarget();
  return target ? draftChoices(target) : [];
}

/** A draft, and whether it is needed: a name that `findDraft` knows, and how drafts come. */
export interface Drafting {
  readonly draft: string;
  readonly drafting: RunSettings['drafting'];
}

/** `target` with what is needed of its draft: none where no model drafts. @throws FailureError invalid-setting; RangeError before the catalogue is read */
export function pairFor({ draft, drafting }: Drafting, target = chosenTarget()): PairSpec {
  if (!target) throw new RangeError('the lists of models have not been read');
  return pairOf(target, needsDraft({ drafting }) ? draft : null);
}

/** Whether a model has a part in drafting. */
export function needsDraft({ drafting }: Pick<Drafting, 'drafting'>): boolean {
  return drafting === 'model' || drafting === 'mixed';
}

/** The target with the draft of the settings, whether that drafts now or not: what a page without a network should have; null until the catalogue is read. */
export function wholePair({ draft }: Pick<Drafting, 'draft'> = useSettings.getState()): PairSpec | null {
  return chosenPair({ draft, drafting: 'model' });
}

/** The pair of the settings; null until the catalogue is read. Without a draft where the settings name an unknown one. */
export function chosenPair(settings: Drafting = useSettings.getState(), target = chosenTarget()): PairSpec | null {
  if (!target) return null;
  return idOfDraft(settings.draft, target) === null ? pairOf(target, null) : pairFor(settings, target);
}
