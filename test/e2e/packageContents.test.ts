import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNode } from '../../scripts/buildNode.mjs';
import { buildPackage, MATCHER, PACKAGE_FOLDER } from '../../scripts/package.mjs';
import { ROOT } from './support/packageBuild';

/** Bytes of the library's JavaScript, compressed, that it may have, and of the matcher of response formats: what it had when this was last set, and 15 % more. */
const MOST_BYTES = { own: 255_000, matcher: 457_000 };

const USER = `
import { CreateSpeculativeEngine, Foretoken, foretokenFetch, type SpeculativeEngineConfig } from 'foretoken';
import { SpeculativeWorkerHandler } from 'foretoken/worker';
import { SpeculativeServiceWorkerHandler } from 'foretoken/service-worker';
import type { MLCEngineInterface } from '@mlc-ai/web-llm';

const config: SpeculativeEngineConfig = { draftModel: 'draft', numSpeculativeTokens: 'auto', method: 'mixed' };
export async function use(): Promise<number> {
  const engine = await CreateSpeculativeEngine('embedded', config);
  const general: MLCEngineInterface = engine;
  await general.resetChat();
  const { usage } = await engine.chat.completions.create({ messages: [{ role: 'user', content: 'Hello' }], speculative: true });
  const fetch: typeof globalThis.fetch = foretokenFetch(engine);
  const { text } = await new Foretoken({ numDraftTokens: 6 }).generate('Hello').result();
  return usage.extra.num_accepted_tokens + text.length + fetch.length + [SpeculativeWorkerHandler, SpeculativeServiceWorkerHandler].length;
}
// @ts-expect-error: there is no such option
await CreateSpeculativeEngine('embedded', { draft: 'draft' });
`;

let modules: string[];
let scripts: string[];
let user: string;

beforeAll(async () => {
  modules = await buildPackage();
  await buildNode();
  const files = fs.readdirSync(PACKAGE_FOLDER, { recursive: true, encoding: 'utf8' });
  scripts = files.filter((name) => name.endsWith('.js'));
  // A program of its own that has the package, as npm unpacks it.
  user = fs.mkdtempSync(path.join(os.tmpdir(), 'package-user-'));
});
afterAll(() => fs.rmSync(user, { recursive: true, force: true }));

const read = (name: string) => fs.readFileSync(path.join(PACKAGE_FOLDER, name), 'utf8');

describe('the library', () => {
  it('has what it exports, with the kernels, and nothing of the page', () => {
    expect(scripts).toEqual(expect.arrayContaining(['index.js', 'worker.js', 'serviceWorker.js']));
    expect(modules).toEqual(expect.arrayContaining(['src/package/engine.ts', 'src/gpu/kernels/sampling/judging.wgsl?raw']));
    expect(
      modules.filter((module) => /react|zustand|d3-|jinja|src\/(app|features|ui|actions|store|lessons|sw|node)\//.test(module)),
    ).toEqual([]);
  });

  it('asks for web-llm and for nothing else', () => {
    const imported = scripts.flatMap((name) => [...read(name).matchAll(/(?:^import |^} from |import\()[^'"\n]*['"]([^.'"][^'"]*)['"]/gm)]);
    expect([...new Set(imported.map(([, name]) => name))]).toEqual(['@mlc-ai/web-llm']);
    expect(Object.keys(JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).dependencies)).toEqual(['@mlc-ai/web-llm']);
  });

  it('is no larger than it may be', () => {
    const bytesOf = (names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
    const matcher = scripts.filter((name) => path.basename(name).startsWith(`${MATCHER}-`));
    expect(matcher).toHaveLength(1);
    expect(bytesOf(matcher)).toBeLessThanOrEqual(MOST_BYTES.matcher);
    expect(bytesOf(scripts.filter((name) => !matcher.includes(name)))).toBeLessThanOrEqual(MOST_BYTES.own);
  });
});

describe('the package', () => {
  it('is packed, and its user’s program finds its modules, types and command', async () => {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', user], { cwd: ROOT, encoding: 'utf8' }),
    );
    const [{ filename, files }] = packed as [{ filename: string; files: { path: string }[] }];
    const names = files.map((file) => file.path);
    expect(names).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'NOTICE', 'docs/library.md', 'build/package/licences.txt']),
    );
    expect(
      names.filter(
        (name) => !/^(build\/(node|package)\/|dist|docs\/(library|server)\.md|licences|LICENSE|NOTICE|README\.md|package\.json)/.test(name),
      ),
    ).toEqual([]);
    const folder = path.join(user, 'node_modules/foretoken');
    fs.mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', path.join(user, filename), '-C', folder, '--strip-components=1']);
    for (const name of ['@mlc-ai', '@webgpu']) fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(user, 'node_modules', name));
    fs.writeFileSync(path.join(user, 'package.json'), '{ "type": "module" }');
    fs.writeFileSync(path.join(user, 'use.ts'), USER);
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    for (const [module, resolution] of [
      ['esnext', 'bundler'],
      ['nodenext', 'nodenext'],
    ] as const) {
      const options = [
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--target',
        'es2022',
        '--lib',
        'es2023,dom,dom.iterable',
        '--types',
        '@webgpu/types',
      ];
      execFileSync(process.execPath, [tsc, ...options, '--module', module, '--moduleResolution', resolution, 'use.ts'], {
        cwd: user,
        stdio: 'pipe',
      });
    }
    const script =
      "const names = await Promise.all(['foretoken', 'foretoken/worker', 'foretoken/service-worker'].map((name) => import(name))); console.log(JSON.stringify(names.map(Object.keys)))";
    const found = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: user, encoding: 'utf8' }));
    expect(found[0]).toEqual(expect.arrayContaining(['CreateSpeculativeEngine', 'Foretoken', 'foretokenFetch', 'FailureError']));
    expect(found.slice(1)).toEqual([['SpeculativeWorkerHandler'], ['SpeculativeServiceWorkerHandler']]);
    const command = path.join(folder, JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).bin.foretoken);
    expect(execFileSync(process.execPath, [command, '--help'], { cwd: user, encoding: 'utf8' })).toMatch(/serve[\s\S]*generate/);
  });
});
