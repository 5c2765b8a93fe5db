import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;

/** Does `work` while no other process of this machine holds `file`. What a process that has ended left of it does not count. @throws the signal's reason */
export async function alone<T>(file: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  while (!(await take(file))) await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  try {
    return await work();
  } finally {
    await fs.promises.rm(file, { force: true });
  }
}

/** Whether this process now holds `file`. */
async function take(file: string): Promise<boolean> {
  try {
    await fs.promises.writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    const holder = Number(await fs.promises.readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && !isRunning(holder)) await fs.promises.rm(file, { force: true });
    return false;
  }
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
