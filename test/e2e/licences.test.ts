import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { LICENCES_FILE } from '../../scripts/licences.mjs';
import { BUILT } from './support/built';

const root = path.resolve(import.meta.dirname, '../..');
const readJson = (file: string) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

it('names every dependency of the page, worker and service worker, each with the text of its licence', () => {
  const written = fs.readFileSync(path.join(BUILT, LICENCES_FILE), 'utf8');
  const { dependencies, devDependencies } = readJson('package.json');
  const imported = [
    ...Object.keys(dependencies),
    'workbox-core',
    'workbox-precaching',
    'vite',
    'rolldown',
    'scheduler',
    'd3-interpolate',
    '@mlc-ai/web-xgrammar',
  ];
  expect(Object.keys(devDependencies)).toContain('workbox-precaching');
  const missing = imported.filter((name) => !written.includes(`\n${name} ${readJson(`node_modules/${name}/package.json`).version}:`));
  expect(missing).toEqual([]);
  const react = fs.readFileSync(path.join(root, 'node_modules/react/LICENSE'), 'utf8').trim();
  expect(written).toContain(react);
  // What web-llm's own file was bundled from.
  for (const name of ['loglevel', 'tslib', '@mlc-ai/web-xgrammar', 'Apache TVM, its browser runtime'])
    expect(written).toContain(`\n${name}`);
  // Stored with the page, since the page links to it.
  expect(fs.readFileSync(path.join(BUILT, 'serviceWorker.js'), 'utf8')).toContain(LICENCES_FILE);
});
