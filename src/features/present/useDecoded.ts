import { findDraft, findTarget } from '../../catalog/pairing';
import type { PreparedSettings } from '../../formats/settings';
import { useCatalogue } from '../../store/engine/catalogue';
import { settings as settingsWords } from '../../ui/texts';
import { present as words } from '../../ui/texts/present';

/** Says how a prepared run is decoded, with the name of its draft, and of a target that is not the first, once the lists have been read. */
export function useDecoded(): (settings: PreparedSettings) => string {
  const targets = useCatalogue(({ catalogue }) => catalogue?.targets);
  return (settings) => {
    const target = targets && (findTarget(targets, settings.target) ?? targets[0]);
    const choice = target && findDraft(target, settings.draft);
    const decoded = words.decoded(settings, choice ? settingsWords.draftLabel(choice) : undefined);
    return target && target !== targets[0] ? words.decodedBy(target.model.name, decoded) : decoded;
  };
}
