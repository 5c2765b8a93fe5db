import { afterAll } from 'vitest';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { testStorage } from '../support/storageContract';

const clear = async () => {
  for (const name of await caches.keys()) await caches.delete(name);
};
afterAll(clear);

testStorage(
  'the browser’s cache',
  async () => {
    await clear();
    return BROWSER_CACHE;
  },
  (storage) => storage,
);
