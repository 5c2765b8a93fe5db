/** Which models of web-llm's list may draft for which. */
import type { Memory } from './families';
import type { PrebuiltModel } from './prebuilt';

/** Tokenizers by their content (`fingerprintOf`), by the names of models: what is known so far. */
export type KnownTokenizers = ReadonlyMap<string, string>;

export type Misfit =
  /** Of the target or the draft: it cannot be rolled back. */
  | { readonly why: 'memory'; readonly model: string; readonly memory: Exclude<Memory, 'attention'> }
  /** The draft is no smaller than the target, so it would save nothing. */
  | { readonly why: 'size' }
  /** By their families; a person may have the page look at both tokenizers all the same. */
  | { readonly why: 'family' }
  /** Both tokenizers are known, and differ. */
  | { readonly why: 'tokenizer' };

/** `checked`: both tokenizers are known, and are one; else only the family says so. */
export type Fit = { readonly fits: true; readonly checked: boolean } | ({ readonly fits: false } & Misfit);

/** Whether `draft` may draft for `target`. */
export function fitOf(target: PrebuiltModel, draft: PrebuiltModel, known: KnownTokenizers): Fit {
  for (const { name, memory } of [target, draft]) if (memory !== 'attention') return { fits: false, why: 'memory', model: name, memory };
  const [of, other] = [known.get(target.name), known.get(draft.name)];
  const checked = of !== undefined && other !== undefined;
  if (checked && of !== other) return { fits: false, why: 'tokenizer' };
  if (!checked && target.family !== draft.family) return { fits: false, why: 'family' };
  return leastMemory(draft) < leastMemory(target) ? { fits: true, checked } : { fits: false, why: 'size' };
}

/** What may draft for `target`, the smallest first. */
export function draftsFor(target: PrebuiltModel, models: readonly PrebuiltModel[], known: KnownTokenizers = new Map()): PrebuiltModel[] {
  return models.filter((draft) => fitOf(target, draft, known).fits).sort((a, b) => leastMemory(a) - leastMemory(b));
}

/** Decoding reads all weights for every token, so what takes less memory is faster. */
function leastMemory({ versions }: PrebuiltModel): number {
  return Math.min(...versions.map(({ memoryBytes }) => memoryBytes ?? Infinity));
}
