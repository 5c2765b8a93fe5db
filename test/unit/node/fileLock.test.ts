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
    fs.writeFileSync(file, String(process.pid));
    const stop = new AbortController();
    const waiting = alone(file, async () => 'done', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(fs.existsSync(file)).toBe(true);
  });
});
