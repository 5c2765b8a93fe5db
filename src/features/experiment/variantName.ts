import { useMemo } from 'react';
import { type DraftChoice, draftChoices } from '../../catalog/pairing';
import type { Variant } from '../../core/study/experiment';
import { useAllDrafts, useTarget } from '../../store/engine/catalogue';
import { formatCount } from '../../ui/format';
import { experiment } from '../../ui/texts/experiment';

/** What may draft; null until the catalogue is read. */
export function useDraftChoices(): DraftChoice[] | null {
  const target = useTarget();
  return useMemo(() => target && draftChoices(target), [target]);
}

/** The name of a way of decoding, with its draft's as the list has it. */
export function useVariantName(): (variant: Variant | null) => string {
  const drafts = useAllDrafts();
  return (variant) => {
    if (!variant) return experiment.sheet.plain;
    const { ngram, mixed, adaptive, itself } = experiment.setup;
    const known = drafts.find(({ id }) => id === variant.draft);
    const draft = known?.itself ? itself : (known?.name ?? variant.draft);
    const source = { model: draft, ngram, mixed: mixed(draft), person: draft }[variant.drafting];
    return `${source}, ${variant.gamma === 'auto' ? adaptive.toLowerCase() : `γ ${formatCount(variant.gamma)}`}`;
  };
}
