/** What the files of the page's models say of them, where these are stored. */
import { create } from 'zustand';
import { type Architecture, architectureOf, cacheBytesOf } from '../../catalog/architecture';
import type { ModelSpec } from '../../catalog/spec';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { useCatalogue } from '../engine/catalogue';

export interface FactsState {
  /** By the ids of models; null where its small files are not stored, or do not say. */
  readonly architectures: Readonly<Record<string, Architecture | null>>;
}

export const useFacts = create<FactsState>()(() => ({ architectures: {} }));

/** Reads what is stored of all models that the page has. */
export async function readFacts(): Promise<void> {
  const models = useCatalogue.getState().catalogue?.models ?? [];
  const read = await Promise.all(
    models.map(async (model) => [model.id, await architectureOf(model, BROWSER_CACHE).catch(() => null)] as const),
  );
  useFacts.setState({ architectures: Object.fromEntries(read) });
}

/** Bytes of memory that `model` takes with its cache; null where that is not known. @param states whether it keeps hidden states for a head */
export function memoryOf(model: ModelSpec, architecture: Architecture | null | undefined, states: boolean): number | null {
  return architecture
    ? architecture.weightBytes + cacheBytesOf(architecture, { tokens: model.context, half: model.halfCache === true, states })
    : null;
}
