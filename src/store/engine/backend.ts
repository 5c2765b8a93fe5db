import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { BACKEND, type BackendChoice, exactly } from '../../formats/settings';
import { followOtherTabs, rememberedStorage } from '../page/remembered';

interface BackendState {
  readonly backend: BackendChoice;
}

const StoredBackend = v.object({ backend: exactly(BACKEND) });

/** What computes, as chosen in this browser. `chooseBackend` (loading.ts) changes it. */
export const useBackend = create<BackendState>()(
  persist((): BackendState => ({ backend: BACKEND.default }), {
    name: 'foretoken.backend',
    version: 1,
    storage: rememberedStorage(1),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredBackend, stored);
      return parsed.success ? { backend: parsed.output.backend as BackendChoice } : current;
    },
  }),
);
followOtherTabs(useBackend);
