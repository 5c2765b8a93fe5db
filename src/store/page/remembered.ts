import * as v from 'valibot';
import { create } from 'zustand';
import { createJSONStorage, type PersistStorage } from 'zustand/middleware';
import { quietStorage } from './quietStorage';

export interface RememberedState {
  /** Keys under which a newer version of this page has stored something: what changes here is not remembered there. */
  readonly newer: readonly string[];
}

/** What the browser's storage holds that this page must leave alone. */
export const useRemembered = create<RememberedState>()(() => ({ newer: [] }));

const Versioned = v.object({ version: v.number() });

/**
 * Storage for a store that remembers its state as `version`. What a newer version of the page has stored is neither read nor
 * replaced: the store begins with its defaults, and `useRemembered` names the key.
 */
export function rememberedStorage<State>(version: number): PersistStorage<State> {
  const plain = createJSONStorage<State>(() => quietStorage);
  if (!plain) throw new Error('quietStorage is always there');
  return {
    getItem: (key) => (isNewer(key, version) ? null : plain.getItem(key)),
    setItem: (key, value) => (isNewer(key, version) ? undefined : plain.setItem(key, value)),
    removeItem: plain.removeItem,
  };
}

/** From now on takes into `store` what another tab of the page remembers there, so that this one writes nothing over it. */
export function followOtherTabs(store: { readonly persist: { getOptions(): { name?: string }; rehydrate(): unknown } }): void {
  if (typeof window === 'undefined') return;
  window.addEventListener('storage', ({ key, newValue }) => {
    if (newValue !== null && key === store.persist.getOptions().name) store.persist.rehydrate();
  });
}

/** Takes away what a newer version has stored under `key`. @returns a function that puts it back */
export function forgetNewer(key: string): () => void {
  const kept = quietStorage.getItem(key);
  quietStorage.removeItem(key);
  note(key, false);
  return () => {
    if (typeof kept !== 'string') return;
    quietStorage.setItem(key, kept);
    note(key, true);
  };
}

function isNewer(key: string, version: number): boolean {
  const stored = v.safeParse(v.pipe(v.string(), v.parseJson(), Versioned), quietStorage.getItem(key));
  const newer = stored.success && stored.output.version > version;
  note(key, newer);
  return newer;
}

function note(key: string, newer: boolean): void {
  const known = useRemembered.getState().newer;
  if (known.includes(key) === newer) return;
  useRemembered.setState({ newer: newer ? [...known, key] : known.filter((each) => each !== key) });
}
