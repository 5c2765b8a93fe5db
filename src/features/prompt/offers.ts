import type { TargetSpec } from '../../catalog/resolve';
import { bytesOf, filesOf, isOfHub, isOwn } from '../../catalog/spec';
import { isEmbedded, useCatalogue } from '../../store/engine/catalogue';
import { type OfflineState, useOffline } from '../../store/offline/offline';
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
  return (targets ?? []).map((target) => offerOf(target, stored));
}

function offerOf(target: TargetSpec, stored: OfflineState['models']): Offer {
  const { id, name } = target.model;
  if (isEmbedded(target)) return { id, label: words.embedded(target.name), answersAnything: false };
  if (isOwn(id)) return { id, label: words.own(name), answersAnything: true };
  if (isOfHub(id)) return { id, label: words.ofHub(name), answersAnything: true };
  const missing = bytesOf(filesOf(target.model)) - (stored[id]?.bytes ?? 0);
  return { id, label: words.anything(name, missing > 0 ? formatBytes(missing) : null), answersAnything: true };
}
