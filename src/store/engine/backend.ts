import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { ComputedBy } from '../../engine/tasks';
import { BACKEND, type BackendChoice, exactly } from '../../formats/settings';
import { followOtherTabs, rememberedStorage } from '../page/remembered';

/** What computes a pair, and why, with the id of its target: what was measured is of that one. */
export interface PairComputedBy extends ComputedBy {
  readonly target: string;
}

interface BackendState {
  /** What computes, as chosen in this browser. `chooseBackend` (loading.ts) changes it, here or in another tab; loading.ts takes it over in either. */
  readonly backend: BackendChoice;
  /** What computes the pair that was made ready last, and why; null where none is. */
  readonly computedBy: PairComputedBy | null;
}

const StoredBackend = v.object({ backend: exactly(BACKEND) });

export const useBackend = create<BackendState>()(
  persist((): BackendState => ({ backend: BACKEND.default, computedBy: null }), {
    name: 'foretoken.backend',
    version: 1,
    storage: rememberedStorage(1),
    partialize: ({ backend }) => ({ backend }),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredBackend, stored);
      return parsed.success ? { ...current, backend: parsed.output.backend as BackendChoice } : current;
    },
  }),
);
followOtherTabs(useBackend);
