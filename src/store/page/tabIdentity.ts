import { quietly } from './quietStorage';

const KEY = 'foretoken.tabIdentity';
/** As long as the page that was in this tab before may take to let go of its name. */
const PATIENCE_MS = 1000;

let identity: Promise<string> | null = null;

/**
 * What this tab is called, among all tabs of the page that are open at once: channels between it and its own windows bear the name. It stays over
 * a reload. A copy of the tab, which browsers make with its session storage, gets another one.
 */
export function tabIdentity(): Promise<string> {
  identity ??= claim();
  return identity;
}

async function claim(): Promise<string> {
  const kept = quietly(() => sessionStorage.getItem(KEY));
  if (kept && (await isFree(kept))) return kept;
  const fresh = Array.from(crypto.getRandomValues(new Uint32Array(3)), (each) => each.toString(36)).join('');
  quietly(() => sessionStorage.setItem(KEY, fresh));
  await isFree(fresh);
  return fresh;
}

/** Whether no other tab has `name`; it is this one's from then on, until the page ends. Without locks, as over http, it is taken to be. */
function isFree(name: string): Promise<boolean> {
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = locks.request(`foretoken.tab.${name}`, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {
      resolve(true);
      return new Promise<void>(() => undefined);
    });
    held.catch(() => resolve(false));
  });
}
