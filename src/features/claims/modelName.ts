import { useCallback } from 'react';
import { useAllDrafts } from '../../store/engine/catalogue';
import { experiment } from '../../ui/texts/experiment';

/** The name of a draft by its id, as the list has it. */
export function useModelName(): (id: string) => string {
  const drafts = useAllDrafts();
  return useCallback(
    (id) => {
      const known = drafts.find((draft) => draft.id === id);
      return known?.itself ? experiment.setup.itself : (known?.name ?? id);
    },
    [drafts],
  );
}
