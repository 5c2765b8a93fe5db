import type { Hash } from './sha256';

/** The hash that TVM writes beside each shard of a model: it finds damage, and is no proof of origin. */
export async function beginMd5(): Promise<Hash> {
  const hash = (await import('@noble/hashes/legacy.js')).md5.create();
  return {
    update: (chunk) => void hash.update(chunk),
    end: async () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}
