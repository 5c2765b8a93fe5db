import { useMemo } from 'react';
import { type DraftChoice, draftChoices } from '../../catalog/manifest';
import type { Variant } from '../../core/study/experiment';
import { useLoading } from '../../store/engine/loading';
import { formatCount } from '../../ui/format';
import { experiment } from '../../ui/texts/experiment';

/** What may draft; null while the manifest has not been read. */
export function useDraftChoices(): DraftChoice[] | null {
  const manifest = useLoading((state) => state.manifest);
  return useMemo(() => manifest && draftChoices(manifest), [manifest]);
}

/** The name of a way of decoding, as the manifest names its draft. */
export function useVariantName(): (variant: Variant | null) => string {
  const drafts = useDraftChoices();
  return (variant) => {
    if (!variant) return experiment.sheet.plain;
    const { ngram, mixed, adaptive, itself } = experiment.setup;
    const known = drafts?.find(({ id }) => id === variant.draft);
    const draft = known?.itself ? itself : (known?.name ?? variant.draft);
    const source = { model: draft, ngram, mixed: mixed(draft), person: draft }[variant.drafting];
    return `${source}, ${variant.gamma === 'auto' ? adaptive.toLowerCase() : `γ ${formatCount(variant.gamma)}`}`;
  };
}
