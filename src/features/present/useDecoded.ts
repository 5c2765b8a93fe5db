import { draftChoices } from '../../catalog/manifest';
import type { PreparedSettings } from '../../formats/settings';
import { useLoading } from '../../store/engine/loading';
import { settings as settingsWords } from '../../ui/texts';
import { present as words } from '../../ui/texts/present';

/** Says how a prepared run is decoded, with the name of its draft once the list of drafts has been read. */
export function useDecoded(): (settings: PreparedSettings) => string {
  const manifest = useLoading((state) => state.manifest);
  return (settings) => {
    const choice = manifest ? draftChoices(manifest).find(({ id }) => id === settings.draft) : undefined;
    return words.decoded(settings, choice && settingsWords.draftLabel(choice));
  };
}
