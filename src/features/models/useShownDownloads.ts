import { useCatalogue } from '../../store/engine/catalogue';
import { type Download, isHere, useDownloads, type Wanted } from '../../store/models/downloads';
import { useOtherTabs } from '../../store/models/otherTabs';
import { isPublished, usePublished } from '../../store/models/published';

/** This tab's downloads, by where they are shown: models by their addresses apart from those of web-llm's list. */
export function useShownDownloads(): { readonly listed: readonly Download[]; readonly byAddress: readonly Download[] } {
  const catalogue = useCatalogue((state) => state.catalogue);
  const all = useDownloads((state) => state.downloads);
  const list = usePublished((state) => state.list);
  const elsewhere = useOtherTabs((state) => state.downloads);
  // What was deleted since it came is no longer told as stored.
  const isGone = (wanted: Wanted | null) => wanted !== null && !isHere(wanted.record, catalogue);
  const shown = all
    .filter(({ state, target, draft }) => state !== 'done' || !(isGone(target) || isGone(draft)))
    // What this tab began earlier, and another goes on with, is shown once.
    .filter(({ key }) => !elsewhere.some((each) => each.key === key));
  const isByAddress = ({ target }: Download) => list !== null && !isPublished(target.record, list);
  return { listed: shown.filter((download) => !isByAddress(download)), byAddress: shown.filter(isByAddress) };
}
