import { useMemo } from 'react';
import { draftChoices } from '../../catalog/manifest';
import { useLoading } from '../../store/engine/loading';
import { experiment } from '../../ui/texts/experiment';

/** The name of a draft by its id, as the manifest has it. */
export function useModelName(): (id: string) => string {
  const manifest = useLoading((state) => state.manifest);
  return useMemo(() => {
    const drafts = manifest ? draftChoices(manifest) : [];
    return (id) => {
      const known = drafts.find((draft) => draft.id === id);
      return known?.itself ? experiment.setup.itself : (known?.name ?? id);
    };
  }, [manifest]);
}
