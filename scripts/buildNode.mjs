import fs from 'node:fs';
import path from 'node:path';
import { browserModules } from './browserModules.mjs';
import { root } from './install.mjs';
import { quietTimings } from './quietTimings.mjs';

/** The command `foretoken`, in one folder with all that it imports, except dawn, which is a library of the machine's own kind. */
export const COMMAND = path.join(root, 'build/node/foretoken.js');

/** @param {string} folder where the files go */
export async function buildNode(folder = path.dirname(COMMAND)) {
  const [{ build }, { licences }] = await Promise.all([import('vite'), import('./licences.mjs')]);
  const { collect, write } = licences();
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [quietTimings(), browserModules(), collect(), write()],
    ssr: { noExternal: true, external: ['webgpu'] },
    publicDir: false,
    build: {
      ssr: 'src/node/cli.ts',
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      chunkSizeWarningLimit: 10_000,
      rollupOptions: { output: { entryFileNames: 'foretoken.js', chunkFileNames: 'parts/[name]-[hash].js' } },
    },
  });
}

/** Whether anything in `sources`, files and folders in the project's root, is newer than `built`. */
export function isOutdated(built, sources) {
  if (!fs.existsSync(built)) return true;
  const { mtimeMs } = fs.statSync(built);
  return sources.some((source) => newest(path.join(root, source)) > mtimeMs);
}

/** The time of the latest change in `place`: a folder's own too, since a file that is gone changes nothing else. */
function newest(place) {
  if (!fs.existsSync(place)) return 0;
  const stat = fs.statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(place).map((name) => newest(path.join(place, name))));
}
