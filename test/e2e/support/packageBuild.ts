import fs from 'node:fs';
import path from 'node:path';
import { build, type InlineConfig } from 'vite';
import { buildPackage, PACKAGE_FOLDER } from '../../../scripts/package.mjs';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Builds the package, and a page of somebody else's that uses it (`packageApp/`), as its bundler would.
 *
 * @returns the folder of that page, with the package's models beside it
 */
export async function buildPackageApp(): Promise<string> {
  await buildPackage();
  const app = path.join(import.meta.dirname, 'packageApp');
  const outDir = path.join(ROOT, 'build/e2e-package');
  const alias = [
    { find: /^foretoken$/, replacement: path.join(PACKAGE_FOLDER, 'index.js') },
    { find: /^foretoken\/worker$/, replacement: path.join(PACKAGE_FOLDER, 'worker.js') },
    { find: /^foretoken\/service-worker$/, replacement: path.join(PACKAGE_FOLDER, 'serviceWorker.js') },
  ];
  const shared: InlineConfig = { root: app, configFile: false, logLevel: 'error', base: './', resolve: { alias } };
  await build({ ...shared, worker: { format: 'es' }, build: { outDir, emptyOutDir: true, target: 'es2022', minify: false } });
  // A service worker is one file of its own.
  const entry = path.join(app, 'serviceWorker.ts');
  await build({
    ...shared,
    build: { outDir, emptyOutDir: false, target: 'es2022', minify: false, lib: { entry, formats: ['es'], fileName: 'serviceWorker' } },
  });
  fs.symlinkSync(path.join(ROOT, 'public/models'), path.join(outDir, 'models'));
  return outDir;
}
