import { create } from 'zustand';
import { fetchCatalogue } from '../../catalog/lists';
import { type DraftChoice, draftChoices, findDraft, pairOf } from '../../catalog/pairing';
import type { Catalogue, ResolvedList, TargetSpec } from '../../catalog/resolve';
import type { PairSpec } from '../../catalog/spec';
import type { RunSettings } from '../../core/types';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { changeSettings, useSettings } from '../run/settings';

export interface CatalogueState {
  /** null until it is read */
  readonly catalogue: Catalogue | null;
}

export const useCatalogue = create<CatalogueState>()(() => ({ catalogue: null }));

let reading: Promise<Catalogue> | null = null;
let outdated = false;

/** All lists of models, read once, and again after a failure of theirs or of the models that they name. @throws FailureError of `fetchCatalogue` */
export async function readCatalogue(): Promise<Catalogue> {
  const known = useCatalogue.getState().catalogue;
  if (known && !outdated) return known;
  reading ??= fetchCatalogue(listUrls(), BROWSER_CACHE)
    .then(
      (catalogue) => {
        outdated = false;
        useCatalogue.setState({ catalogue });
        settleDraft();
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

/** Models could not be loaded: the server may have others by now, so the lists are read again before the next attempt. */
export function distrustLists(): void {
  outdated = true;
}

/** Absolute URLs of the lists beside the page. */
function listUrls(): string[] {
  return [new URL('models/manifest.json', document.baseURI).href];
}

/** Names the chosen draft by its id; one that the target does not have gives way to its first. */
function settleDraft(): void {
  const chosen = useSettings.getState().draft;
  const id = idOfDraft(chosen) ?? offeredDrafts()[0]?.id ?? chosen;
  if (id !== chosen) changeSettings({ draft: id });
}

/** While a page is open, its settings name a draft by its id, however they were changed. @returns what ends it */
export function keepDraftSettled(): () => void {
  settleDraft();
  return useSettings.subscribe(settleDraft);
}

/** The id of the draft that `wanted` names (`findDraft`); null where the target has none of that name, and before the catalogue is read. */
export function idOfDraft(wanted: string): string | null {
  const target = chosenTarget();
  return (target && findDraft(target, wanted)?.id) ?? null;
}

/** The target that the page is about; null until the catalogue is read. */
export function chosenTarget({ catalogue } = useCatalogue.getState()): TargetSpec | null {
  return catalogue?.targets[0] ?? null;
}

/** `chosenTarget`, kept true. */
export function useTarget(): TargetSpec | null {
  return useCatalogue(chosenTarget);
}

/** The list that names the target. */
export function listOfTarget(): ResolvedList | null {
  const { catalogue } = useCatalogue.getState();
  return catalogue?.lists.find(({ url }) => url === chosenTarget()?.list) ?? null;
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

/** The target with what is needed of its draft: none where no model drafts. @throws FailureError invalid-setting; RangeError before the catalogue is read */
export function pairFor({ draft, drafting }: Drafting): PairSpec {
  const target = chosenTarget();
  if (!target) throw new RangeError('the lists of models have not been read');
  return pairOf(target, drafting === 'ngram' || drafting === 'person' ? null : draft);
}

/** The target with the draft of the settings, whether that drafts now or not: what a page without a network should have; null until the catalogue is read. */
export function wholePair({ draft }: Pick<Drafting, 'draft'> = useSettings.getState()): PairSpec | null {
  return chosenPair({ draft, drafting: 'model' });
}

/** The pair of the settings; null until the catalogue is read. Without a draft where the settings name an unknown one. */
export function chosenPair(settings: Drafting = useSettings.getState()): PairSpec | null {
  const target = chosenTarget();
  if (!target) return null;
  return idOfDraft(settings.draft) === null ? pairOf(target, null) : pairFor(settings);
}
