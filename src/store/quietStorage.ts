import type { StateStorage } from 'zustand/middleware';

/** Browser storage that may be full or forbidden: then nothing is remembered, and nothing else changes. */
export const quietStorage: StateStorage = {
  getItem: (key) => quietly(() => localStorage.getItem(key)) ?? null,
  setItem: (key, value) => quietly(() => localStorage.setItem(key, value)),
  removeItem: (key) => quietly(() => localStorage.removeItem(key)),
};

/** What `access` gives; undefined where it throws. */
export function quietly<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
