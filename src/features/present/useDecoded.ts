import { findDraft } from '../../catalog/pairing';
import type { PreparedSettings } from '../../formats/settings';
import { useTarget } from '../../store/engine/catalogue';
import { settings as settingsWords } from '../../ui/texts';
import { present as words } from '../../ui/texts/present';

/** Says how a prepared run is decoded, with the name of its draft once the list of drafts has been read. */
export function useDecoded(): (settings: PreparedSettings) => string {
  const target = useTarget();
  return (settings) => {
    const choice = target && findDraft(target, settings.draft);
    return words.decoded(settings, choice ? settingsWords.draftLabel(choice) : undefined);
  };
}
