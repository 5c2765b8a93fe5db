import type { TargetSpec } from '../../catalog/resolve';
import { isOfHub, isOwn, modelsOf } from '../../catalog/spec';
import { missingBytes } from '../../catalog/storedModels';
import { useBackend } from '../../store/engine/backend';
import { isEmbedded, useCatalogue } from '../../store/engine/catalogue';
import { isReady, pairToLoad, useLoading } from '../../store/engine/loading';
import { type OfflineState, useOffline } from '../../store/offline/offline';
import { useSettings } from '../../store/run/settings';
import { formatBytes } from '../../ui/format';
import { targets as words } from '../../ui/texts';

/** A target that may be chosen: what it answers, and what choosing it would download. */
export interface Offer {
  readonly id: string;
  readonly label: string;
  readonly answersAnything: boolean;
}

/** All targets, in the lists' order. */
export function useOffers(): readonly Offer[] {
  const targets = useCatalogue(({ catalogue }) => catalogue?.targets);
  const stored = useOffline(({ models }) => models);
  // What drafts for a target decides what is loaded with it.
  useSettings();
  useBackend();
  useLoading((state) => state.progress);
  return (targets ?? []).map((target) => offerOf(target, stored));
}

function offerOf(target: TargetSpec, stored: OfflineState['models']): Offer {
  const { id, name } = target.model;
  if (isEmbedded(target)) return { id, label: words.embedded(target.name), answersAnything: false };
  if (isOwn(id)) return { id, label: words.own(name), answersAnything: true };
  if (isOfHub(id)) return { id, label: words.ofHub(name), answersAnything: true };
  const pair = pairToLoad(target);
  // What is ready was fetched; the storage is looked at a moment later.
  const ready = pair !== null && useSettings.getState().target === id && isReady(pair, useLoading.getState());
  const missing = ready ? 0 : missingBytes(pair ? modelsOf(pair) : [target.model], stored);
  return { id, label: words.anything(name, missing > 0 ? formatBytes(missing) : null), answersAnything: true };
}
