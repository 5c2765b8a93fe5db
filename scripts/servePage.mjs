import path from 'node:path';
import { root } from './install.mjs';

/**
 * Serves the production build of the page on a port of its own of this machine: the one in the folder `dist`, or the working tree's, which is built
 * into `folder` of the root first.
 *
 * @param {string} folder @param {string} [dist] @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function servePage(folder, dist) {
  const { build, preview } = await import('vite');
  const outDir = dist === undefined ? path.join(root, folder) : path.resolve(dist);
  if (dist === undefined) await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
