/** npm run package: installs what is missing and builds what `npm pack` ships beside the page: the library with its types, and the command. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserModules } from './browserModules.mjs';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';
import { quietTimings } from './quietTimings.mjs';

export const PACKAGE_FOLDER = path.join(root, 'build/package');

/** How the matcher of response formats is called among the package's chunks: it is larger than all the rest, and fetched where the CPU holds an answer to a format. */
export const MATCHER = 'xgrammar';
const isMatcher = (moduleIds) => moduleIds.some((id) => id.includes('/@mlc-ai/web-xgrammar/'));

/** What package.json exports, by the name of its file. */
const ENTRIES = { index: 'src/package/index.ts', worker: 'src/package/worker.ts', serviceWorker: 'src/package/serviceWorker.ts' };

/** The library makes no models of files, so what reads them stays out of it: a tenth of the engine, and a template language. */
const withoutImports = {
  name: 'without-imports',
  enforce: 'pre',
  load: (id) => (id.endsWith('/src/engine/importModels.ts') ? 'export const importModels = undefined;' : undefined),
};

/**
 * Builds the library and its types. web-llm stays a dependency: a program that uses both has it once.
 *
 * @returns {Promise<string[]>} the modules that are in it, by their paths from the project's root
 */
export async function buildPackage() {
  const [{ build }, { licences }] = await Promise.all([import('vite'), import('./licences.mjs')]);
  const { collect, write } = licences();
  const built = await build({
    ...{
      root,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      plugins: [quietTimings(), browserModules(), withoutImports, collect(), write()],
    },
    build: {
      ...{ outDir: PACKAGE_FOLDER, emptyOutDir: true, target: 'es2022', minify: false },
      lib: { entry: ENTRIES, formats: ['es'] },
      rollupOptions: {
        external: ['@mlc-ai/web-llm'],
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: ({ moduleIds }) => `chunks/${isMatcher(moduleIds) ? MATCHER : '[name]'}-[hash].js`,
        },
      },
    },
  });
  const types = path.join(PACKAGE_FOLDER, 'types');
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', 'tsconfig.package.json', '--outDir', types], { cwd: root, stdio: 'inherit' });
  keepReachable(
    types,
    Object.values(ENTRIES).map((entry) => path.join(types, path.relative('src', entry).replace(/\.ts$/, '.d.ts'))),
  );
  const chunks = [built].flat().flatMap(({ output }) => output.filter(({ type }) => type === 'chunk'));
  return chunks.flatMap(({ moduleIds }) => moduleIds).map((id) => path.relative(root, id));
}

/** Deletes the declarations below `folder` that those of `entries` do not lead to, and gives imports the endings that Node's resolution asks for. */
function keepReachable(folder, entries) {
  const kept = new Set();
  const visit = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const text = fs.readFileSync(file, 'utf8').replace(/((?:from|import\()\s*')(\.[^']+)'/g, (_, before, name) => {
      const target = path.resolve(path.dirname(file), name);
      const isFolder = !fs.existsSync(`${target}.d.ts`);
      visit(isFolder ? path.join(target, 'index.d.ts') : `${target}.d.ts`);
      return `${before}${name}${isFolder ? '/index' : ''}.js'`;
    });
    fs.writeFileSync(file, text);
  };
  for (const entry of entries) visit(entry);
  for (const file of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const at = path.join(file.parentPath, file.name);
    if (file.isFile() && !kept.has(at)) fs.rmSync(at);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await failClearly(async () => {
    ensurePackages();
    await buildPackage();
    const { buildNode } = await import('./buildNode.mjs');
    await buildNode();
  });
}
