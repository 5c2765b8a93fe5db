import type { StateStorage } from 'zustand/middleware';

/** Browser storage that may be full or forbidden: then nothing is remembered, and nothing else changes. */
export const quietStorage: StateStorage = {
  getItem: (key) => quietly(() => localStorage.getItem(key)) ?? null,
  setItem: (key, value) => quietly(() => localStorage.setItem(key, value)),
  removeItem: (key) => quietly(() => localStorage.removeItem(key)),
};

/** Tells of one key whether another tab has written it since this one looked, or wrote, last. */
export class SharedKey {
  readonly #key: string;
  #seen: unknown;

  constructor(key: string) {
    this.#key = key;
    this.look();
  }

  /** What stands there now is known here. */
  look(): void {
    this.#seen = quietStorage.getItem(this.#key);
  }

  /** Whether something stands there that is not known here. */
  isNew(): boolean {
    const now = quietStorage.getItem(this.#key);
    return now !== null && now !== this.#seen;
  }
}

/** What `access` gives; undefined if it throws. */
export function quietly<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
