import { useMemo } from 'react';
import { draftChoices } from '../../catalog/pairing';
import { useTarget } from '../../store/engine/catalogue';
import { experiment } from '../../ui/texts/experiment';

/** The name of a draft by its id, as the list has it. */
export function useModelName(): (id: string) => string {
  const target = useTarget();
  return useMemo(() => {
    const drafts = target ? draftChoices(target) : [];
    return (id) => {
      const known = drafts.find((draft) => draft.id === id);
      return known?.itself ? experiment.setup.itself : (known?.name ?? id);
    };
  }, [target]);
}
