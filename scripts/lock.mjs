import fs from 'node:fs';

const LOOK_EVERY_MS = 200;
/** To clear a lock takes a moment; a process that takes longer was ended in it. */
const CLEARING_MS = 10_000;

/**
 * Does `work` while no other process has `lock`. Waits for one that does, and says so. The lock of a process that was
 * ended is cleared.
 *
 * @template T
 * @param {string} lock path of a file that is there while the work is done
 * @param {() => T} work not asynchronous
 * @returns {T}
 */
export function oneAtATime(lock, work) {
  for (let looks = 1; !take(lock); looks++) {
    const holder = holderOf(lock);
    if (isDead(holder)) clear(lock);
    else if (looks === 2)
      console.log(`Waiting for another command (process ${holder}), which installs the same. If no such command runs, delete ${lock}.`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function take(lock) {
  return doneUnless('EEXIST', () => fs.writeFileSync(lock, String(process.pid), { flag: 'wx' }));
}

/** Its process; '' while it is just taken or released. */
function holderOf(lock) {
  let holder = '';
  doneUnless('ENOENT', () => {
    holder = fs.readFileSync(lock, 'utf8');
  });
  return holder;
}

function isDead(holder) {
  return holder !== '' && !doneUnless('ESRCH', () => process.kill(Number(holder), 0), 'EPERM');
}

/** One process at a time clears, and looks again: the lock may be another's by now. */
function clear(lock) {
  const clearing = `${lock}-clearing`;
  if (doneUnless('EEXIST', () => fs.mkdirSync(clearing))) {
    if (isDead(holderOf(lock))) fs.rmSync(lock, { force: true });
  } else if (Date.now() - (fs.statSync(clearing, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < CLEARING_MS) return;
  fs.rmSync(clearing, { recursive: true, force: true });
}

/** Whether `action` was done; false where it failed with `code`. With `fine` it was done too. */
function doneUnless(code, action, fine) {
  try {
    action();
    return true;
  } catch (error) {
    if (error.code === fine) return true;
    if (error.code === code) return false;
    throw error;
  }
}
