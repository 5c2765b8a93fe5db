/** Which models a tab of this page fetches, by a lock for each: what a tab tells may come late, and a lock ends with its tab. Without locks, as over http, any tab has all. */

const PREFIX = 'foretoken.download.';

/**
 * Does `work` while no other tab fetches or deletes one of `models`.
 *
 * @param models by their ids in the list of the hub
 * @returns false, and nothing is done, where another tab does so now
 */
export async function whileAlone(models: readonly string[], work: () => Promise<void>): Promise<boolean> {
  const locks: LockManager | undefined = navigator.locks;
  const [first, ...rest] = models;
  if (first === undefined || !locks) {
    await work();
    return true;
  }
  return locks.request(PREFIX + first, { ifAvailable: true }, (lock) => lock !== null && whileAlone(rest, work));
}

/** Whether a tab has one of `models`. */
export async function isAnyTaken(models: readonly string[]): Promise<boolean> {
  const locks: LockManager | undefined = navigator.locks;
  const held = (await locks?.query())?.held ?? [];
  return held.some(({ name }) => models.some((model) => name === PREFIX + model));
}
