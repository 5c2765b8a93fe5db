import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOMS, roomRules } from '../../scripts/rooms.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
let folder: string;

/** Messages that Biome, with the project's own rules, has for `code` if it stood in src/`file`. */
async function complaints(file: string, code: string): Promise<string[]> {
  const at = path.join(folder, 'src', file);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, `${code}\n`);
  const only = ['--only=style/noRestrictedImports', '--only=style/noRestrictedGlobals', '--only=plugin'];
  const lint = promisify(execFile)(process.execPath, [biome, 'lint', '--reporter=json', ...only, at], { cwd: folder });
  const { stdout } = await lint.catch((failed: { stdout: string }) => failed);
  const report = JSON.parse(stdout) as { diagnostics: { message: string }[] };
  return report.diagnostics.map((diagnostic) => diagnostic.message);
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'boundaries-'));
  const config = JSON.parse(fs.readFileSync(path.join(root, 'biome.json'), 'utf8'));
  fs.writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  fs.copyFileSync(path.join(root, 'biome.rooms.json'), path.join(folder, 'biome.rooms.json'));
  fs.mkdirSync(path.join(folder, 'scripts'));
  fs.copyFileSync(path.join(root, 'scripts/no-math-random.grit'), path.join(folder, 'scripts/no-math-random.grit'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('import boundaries', () => {
  it('are those of the list of rooms, which names every folder of src/', () => {
    expect(JSON.parse(fs.readFileSync(path.join(root, 'biome.rooms.json'), 'utf8'))).toEqual(roomRules());
    const folders = fs.readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(ROOMS).toEqual(expect.arrayContaining(folders.map(({ name }) => name)));
  });

  for (const [index, room] of ROOMS.entries()) {
    it(`lets ${room}/ import what is below it and nothing above`, async () => {
      const file = room === 'features' ? 'features/here/probe.ts' : `${room}/probe.ts`;
      const up = room === 'features' ? '../..' : '..';
      const imports = (names: string[]) => names.map((name) => `import '${up}/${name}/anything';`).join('\n');
      const above = ROOMS.slice(0, index);
      const below = ROOMS.slice(index + 1).filter((name) => name !== 'features');
      expect(await complaints(file, imports(above))).toHaveLength(above.length);
      expect(await complaints(file, imports(below))).toEqual([]);
    });
  }

  it('sees re-exports, types and dynamic imports', async () => {
    for (const code of [`export { a } from '../ui/a';`, `import type { A } from '../ui/a';`, `export const a = () => import('../ui/a');`]) {
      expect(await complaints('store/probe.ts', code), code).toHaveLength(1);
    }
  });

  it('lets a feature be entered through its index only', async () => {
    expect(await complaints('app/probe.ts', `import '../features/other/Inner';`)).toHaveLength(1);
    expect(await complaints('app/probe.ts', `import '../features/other';`)).toEqual([]);
    expect(await complaints('features/here/probe.ts', `import '../other/Inner';`)).toHaveLength(1);
    expect(await complaints('features/here/probe.ts', `import '../other';\nimport './own';\nimport './part/own';`)).toEqual([]);
  });

  it('keeps core/ free of packages, time and chance', async () => {
    for (const code of [
      `import 'valibot';`,
      `import '../model/manifest';`,
      `export const now = Date.now();`,
      `export const now = performance.now();`,
      `export const chance = Math.random();`,
    ]) {
      expect(await complaints('core/probe.ts', code), code).toHaveLength(1);
    }
    expect(await complaints('core/part/probe.ts', `import '../../model/fake';`)).toHaveLength(1);
    expect(await complaints('core/part/probe.ts', `import '../types';\nimport '../other/own';`)).toEqual([]);
    expect(await complaints('core/probe.ts', `import './types';\nimport './part/own';\nexport const three = Math.max(3, 2);`)).toEqual([]);
  });
});
