import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

it('npm packs the page with its own models, and none of those beside them', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'packed-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const name of ['models/manifest.json', 'models-smollm2/manifest.json', 'models-own/target/weights.bin', 'index.html']) {
    fs.mkdirSync(path.dirname(path.join(folder, 'dist', name)), { recursive: true });
    fs.writeFileSync(path.join(folder, 'dist', name), '{}');
  }
  const told = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  const [{ files }] = JSON.parse(told) as [{ files: { path: string }[] }];
  expect(files.map((file) => file.path)).toEqual(['dist/index.html', 'dist/models/manifest.json', 'package.json']);
});
