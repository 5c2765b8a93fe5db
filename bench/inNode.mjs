/** Benches in Node: their pages' own code, built into a folder that also runs on a machine without node_modules. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ensurePackages, root } from '../scripts/install.mjs';

/** All that a bench in Node needs beside the models. */
export const BUILT = path.join(root, 'build/device');
const ENTRY = path.join(BUILT, 'inNode.js');

/** Builds the benches, with dawn for machines like this one and, where Chromium brings one, Vulkan's loader. */
export async function buildBenches() {
  ensurePackages();
  const [{ build }, { browserModules }, { isOutdated }] = await Promise.all([
    import('vite'),
    import('../scripts/browserModules.mjs'),
    import('../scripts/buildNode.mjs'),
  ]);
  if (!isOutdated(ENTRY, ['src', 'bench', 'scripts', 'package-lock.json'])) return;
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [browserModules()],
    ssr: { noExternal: true, external: ['webgpu'] },
    publicDir: false,
    build: {
      ssr: 'bench/inNode.ts',
      outDir: BUILT,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      chunkSizeWarningLimit: 10_000,
      rollupOptions: { output: { entryFileNames: 'inNode.js', chunkFileNames: 'parts/[name]-[hash].js' } },
    },
  });
  const dawn = path.join('node_modules/webgpu');
  const library = path.join('dist', `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`);
  for (const part of ['package.json', 'index.js', 'LICENSE.md', library]) {
    fs.cpSync(path.join(root, dawn, part), path.join(BUILT, dawn, part), { recursive: true, dereference: true });
  }
  // A third of it travels.
  for (const file of dawnFiles('.node')) {
    fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file)));
    fs.rmSync(file);
  }
  const loader = '/usr/lib/chromium/libvulkan.so.1';
  if (fs.existsSync(loader)) fs.copyFileSync(loader, path.join(BUILT, path.basename(loader)));
}

/** Files of dawn in the build whose names end with `end`. @param {string} end */
function dawnFiles(end) {
  const folder = path.join(BUILT, 'node_modules/webgpu/dist');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }).map(String) : [];
  return names.filter((name) => name.endsWith(end)).map((name) => path.join(folder, name));
}

/**
 * A bench's page without a browser, once in a process.
 *
 * @param {string} ready name of what the page puts on `globalThis`
 * @param {string} [models] folder of its models, by default public/models
 * @returns {ReturnType<typeof import('./browser.mjs').openBenchPage>}
 */
export async function openInNode(ready, models = path.join(root, 'public/models')) {
  if (fs.existsSync(path.join(root, 'node_modules/vite'))) await buildBenches();
  if (!fs.existsSync(ENTRY))
    throw new Error(`${path.relative(root, ENTRY)} is missing. Build it where node_modules is: node bench/device.mjs --build`);
  for (const packed of dawnFiles('.node.gz')) {
    fs.writeFileSync(packed.slice(0, -'.gz'.length), gunzipSync(fs.readFileSync(packed)));
    fs.rmSync(packed);
  }
  // web-llm tells what it does, and standard output is the bench's.
  const { log } = console;
  const { openPage } = await import(ENTRY);
  const page = await openPage(ready, models, process.env.FORETOKEN_DEVICE === 'software' ? 'software' : 'auto');
  const quiet = console.log;
  console.log = log;
  return {
    name: `Node ${process.versions.node}`,
    open: async () => undefined,
    async call(method, ...args) {
      console.log = quiet;
      try {
        return await page[method](...args);
      } finally {
        console.log = log;
      }
    },
    // Dawn keeps the process from ending.
    close: async () => void setImmediate(() => process.exit()),
  };
}
