/** Bytes that this browser lets the page store besides what it has stored; null where it does not say. */
export async function roomHere(): Promise<number | null> {
  const { usage, quota } = (await globalThis.navigator?.storage?.estimate?.().catch(() => null)) ?? {};
  return usage === undefined || quota === undefined ? null : Math.max(0, quota - usage);
}

/** Does `work` while no other tab of this page does work of the same `name`. Browsers that cannot tell tabs apart keep no files either. @throws the signal's reason */
export function alone<T>(name: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  return locks ? locks.request(name, { signal }, work) : work();
}

/** `alone`, unless another tab is about it: then nothing is done. */
export async function aloneNow(name: string, work: () => Promise<void>): Promise<void> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return work();
  await locks.request(name, { ifAvailable: true }, async (lock) => (lock ? work() : undefined));
}

/**
 * Asks the browser to keep what the page stores until a person deletes it. Ask once somebody has agreed to a download: some browsers ask that person.
 *
 * @returns whether it does; null where it does not say
 */
export async function keepStored(): Promise<boolean | null> {
  const storage: StorageManager | undefined = globalThis.navigator?.storage;
  return (await storage?.persist?.().catch(() => null)) ?? null;
}
