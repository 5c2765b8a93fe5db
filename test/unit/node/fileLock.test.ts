import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone } from '../../../src/node/fileLock';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

describe('a lock', () => {
  it('lets one at a time work, and is gone afterwards, also where work fails', async () => {
    const file = path.join(folder, 'one');
    const order: string[] = [];
    let end = () => {};
    const first = alone(
      file,
      () =>
        new Promise<void>((resolve) => {
          order.push('first begins');
          end = resolve;
        }),
      never,
    );
    await expect.poll(() => order).toEqual(['first begins']);
    const second = alone(file, async () => order.push('second'), never);
    order.push('first ends');
    end();
    await Promise.all([first, second]);
    expect(order).toEqual(['first begins', 'first ends', 'second']);
    await expect(alone(file, () => Promise.reject(new Error('failed')), never)).rejects.toThrow('failed');
    expect(fs.existsSync(file)).toBe(false);
  });

  it('of a process that has ended does not count', async () => {
    const file = path.join(folder, 'left');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    fs.writeFileSync(file, String(pid));
    expect(await alone(file, async () => 'done', never)).toBe('done');
  });

  it('is given up where that is asked for', async () => {
    const file = path.join(folder, 'held');
    fs.writeFileSync(file, String(process.ppid));
    const stop = new AbortController();
    const waiting = alone(file, async () => 'done', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(fs.existsSync(file)).toBe(true);
  });

  it('with this process’s own number was left by an earlier one of that number', async () => {
    const file = path.join(folder, 'own');
    fs.writeFileSync(file, String(process.pid));
    expect(await alone(file, async () => 'done', never)).toBe('done');
  });

  it.each(['', 'not a number'])('that names no process (%j) counts for a moment only', async (content) => {
    const file = path.join(folder, 'nameless');
    fs.writeFileSync(file, content);
    const stop = new AbortController();
    let isWaiting = () => {};
    const waits = new Promise<void>((resolve) => {
      isWaiting = resolve;
    });
    const waiting = alone(file, async () => 'done', stop.signal, isWaiting);
    await waits;
    expect(fs.readFileSync(file, 'utf8')).toBe(content);
    const before = new Date(Date.now() - 60_000);
    fs.utimesSync(file, before, before);
    expect(await waiting).toBe('done');
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('nameless'))).toEqual([]);
  });

  it('that is held says so, and is not taken', async () => {
    const file = path.join(folder, 'said');
    fs.writeFileSync(file, String(process.ppid));
    const stop = new AbortController();
    await new Promise<void>((resolve, reject) => {
      alone(file, async () => 'done', stop.signal, resolve).then(reject, () => undefined);
    });
    stop.abort();
    expect(fs.readFileSync(file, 'utf8')).toBe(String(process.ppid));
  });
});
