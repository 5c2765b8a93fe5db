import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Turns } from '../engine/turns';

const LOOK_EVERY_MS = 200;
/** How long a lock may say nothing of its holder, which writes its name behind making it. */
const NAMELESS_MS = 3000;

/** Of this process, by lock: one after the other, so that a lock with this process's number was left by an earlier one of the same number. */
const turns = new Map<string, Turns>();

/**
 * Does `work` while nothing else of this machine holds `file`. What a process that has ended left of it does not count.
 *
 * @param waiting is told once where another process holds it
 * @throws the signal's reason, unless `work` has begun
 */
export function alone<T>(file: string, work: () => Promise<T>, signal: AbortSignal, waiting: () => void = () => undefined): Promise<T> {
  const own = turns.get(file) ?? new Turns();
  turns.set(file, own);
  return own.take(signal, async (begin) => {
    for (let looked = 0; !(await take(file)); looked++) {
      if (looked === 1) waiting();
      await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    try {
      signal.throwIfAborted();
      begin();
      return await work();
    } finally {
      await fs.promises.rm(file, { force: true });
    }
  });
}

/** Whether this process now holds `file`. */
async function take(file: string): Promise<boolean> {
  try {
    await fs.promises.writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    const left = await contentOf(file);
    if (left !== null && (await isLeft(file, left))) await takeAway(file, left);
    return false;
  }
}

/** null: it is gone. */
function contentOf(file: string): Promise<string | null> {
  return fs.promises.readFile(file, 'utf8').catch(() => null);
}

/** Whether no process holds `file`, which holds `content`. */
async function isLeft(file: string, content: string): Promise<boolean> {
  const holder = Number(content);
  if (Number.isSafeInteger(holder) && holder > 0) return holder === process.pid || !isRunning(holder);
  const stat = await fs.promises.stat(file).catch(() => null);
  return stat !== null && Date.now() - stat.mtimeMs > NAMELESS_MS;
}

/** Deletes `file`, unless another process has taken it since `content` was read. */
async function takeAway(file: string, content: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await fs.promises.rename(file, aside);
    if ((await contentOf(aside)) !== content) await fs.promises.link(aside, file);
  } catch {
    // Another process was first; the next look tells.
  } finally {
    await fs.promises.rm(aside, { force: true });
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
