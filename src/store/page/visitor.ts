import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { rememberedStorage } from './remembered';

export interface Visitor {
  /** Whether a run of this visitor's own has been seen to its end, here or at an earlier visit. */
  readonly hasRun: boolean;
}

const STORAGE_VERSION = 1;

/** What the page remembers of a person, to show what is new to them and not what they know. */
export const useVisitor = create<Visitor>()(
  persist((): Visitor => ({ hasRun: false }), {
    name: 'foretoken.visitor',
    version: STORAGE_VERSION,
    storage: rememberedStorage(STORAGE_VERSION),
    // Whatever stands there was written by someone who was here.
    migrate: () => ({ hasRun: true }),
  }),
);
