/** Which models keep keys and values in half precision, as chosen in this browser. `chooseHalfCaches` (loading.ts) changes it, here or in another tab; loading.ts takes it over in either. */
import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { ModelSpec } from '../../catalog/spec';
import { followOtherTabs, rememberedStorage } from '../page/remembered';

interface HalfCachesState {
  /** Their ids. */
  readonly models: readonly string[];
}

const Stored = v.object({ models: v.array(v.string()) });

export const useHalfCaches = create<HalfCachesState>()(
  persist((): HalfCachesState => ({ models: [] }), {
    name: 'foretoken.half-caches',
    version: 1,
    storage: rememberedStorage(1),
    migrate: () => ({}),
    merge: (stored, current) => {
      const read = v.safeParse(Stored, stored);
      return read.success ? { ...current, ...read.output } : current;
    },
  }),
);
followOtherTabs(useHalfCaches);

/** `model` with the cache that was chosen for it. */
export function withChosenCache(model: ModelSpec): ModelSpec {
  const { halfCache: _, ...whole } = model;
  return useHalfCaches.getState().models.includes(model.id) ? { ...whole, halfCache: true } : whole;
}
