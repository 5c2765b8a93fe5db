import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/install.mjs';

const template = fs.mkdtempSync(path.join(os.tmpdir(), 'install-template-'));
let folder = template;
const at = (...names: string[]) => path.join(folder, ...names);

/** A project of its own with the scripts that install, one package to install, and a command that installs what is missing and uses it. */
beforeAll(() => {
  fs.mkdirSync(at('scripts'));
  for (const script of ['install.mjs', 'lock.mjs']) fs.copyFileSync(path.join(root, 'scripts', script), at('scripts', script));
  fs.mkdirSync(at('package'));
  fs.writeFileSync(at('package', 'package.json'), JSON.stringify({ name: 'one', version: '1.0.0', main: 'one.js' }));
  fs.writeFileSync(at('package', 'one.js'), 'module.exports = 1;');
  execFileSync('npm', ['pack', './package', '--silent'], { cwd: folder });
  const engines = { node: '>=20.19' };
  fs.writeFileSync(
    at('package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', engines, dependencies: { one: 'file:one-1.0.0.tgz' } }),
  );
  execFileSync('npm', ['install', '--package-lock-only', '--offline', '--silent'], { cwd: folder });
  fs.writeFileSync(
    at('scripts', 'use.mjs'),
    `import { ensurePackages } from './install.mjs';
     ensurePackages();
     const { default: one } = await import('one');
     console.log('used', one);`,
  );
  fs.writeFileSync(
    at('scripts', 'work.mjs'),
    `import fs from 'node:fs';
     import { oneAtATime } from './lock.mjs';
     oneAtATime('.lock-work', () => {
       fs.mkdirSync('busy');
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
       fs.rmdirSync('busy');
       console.log('worked');
     });`,
  );
});

afterAll(() => fs.rmSync(template, { recursive: true }));

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'));
  fs.cpSync(template, folder, { recursive: true });
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Runs a script of the project to its end. @returns its exit code and all that it printed */
async function run(script: string): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [at('scripts', script)], { cwd: folder, env: { ...process.env, npm_config_offline: 'true' } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, printed })));
}

/** The id of a process that has ended. */
async function endedProcess(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid;
}

describe('commands that are given at once', () => {
  it('install what is missing once; one waits, says so, and both find it', async () => {
    const both = await Promise.all([run('use.mjs'), run('use.mjs')]);
    for (const { code, printed } of both) {
      expect(printed).toContain('used 1');
      expect(code).toBe(0);
    }
    const counted = (text: string) => both.filter(({ printed }) => printed.includes(text)).length;
    expect(counted('Installing packages …')).toBe(1);
    expect(counted('Waiting for another command (process ')).toBe(1);
    expect(fs.existsSync(at('.lock-packages'))).toBe(false);
  });

  it('do not wait for one that was ended in the middle', async () => {
    fs.writeFileSync(at('.lock-packages'), String(await endedProcess()));
    const { code, printed } = await run('use.mjs');
    expect(printed).toContain('used 1');
    expect(printed).not.toContain('Waiting');
    expect(code).toBe(0);
  });

  it('never do the same work together, not even where all find a lock to clear', async () => {
    fs.writeFileSync(at('.lock-work'), String(await endedProcess()));
    const all = await Promise.all(Array.from({ length: 6 }, () => run('work.mjs')));
    expect(all.map(({ code, printed }) => [code, printed.replace(/^Waiting.*\n/m, '')])).toEqual(Array(6).fill([0, 'worked\n']));
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
  });

  it('go on where one failed', async () => {
    const good = fs.readFileSync(at('package.json'), 'utf8');
    fs.writeFileSync(at('package.json'), good.replace('one-1.0.0.tgz', 'two.tgz'));
    expect((await run('use.mjs')).code).not.toBe(0);
    expect(fs.existsSync(at('.lock-packages'))).toBe(false);
    fs.writeFileSync(at('package.json'), good);
    expect(await run('use.mjs')).toMatchObject({ code: 0 });
  });
});
