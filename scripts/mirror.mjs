/**
 * npm run mirror -- MODEL… [--from URL] --out FOLDER: lays out models of web-llm's list in a folder, for rooms without internet. A MODEL is a record's id
 * (Qwen3-0.6B-q4f16_1-MLC), or a name (Qwen3-0.6B), which means its version of least memory. Files come from the hubs, or from a mirror at URL, which has them
 * under the same paths. What is there already stays, so a command that was stopped goes on where it was.
 *
 * The folder has a list of models (manifest.json): serve it anywhere, put it into public/ as models-NAME, or give it to `foretoken serve --target FOLDER`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';

const USAGE = 'npm run mirror -- MODEL… [--from URL] --out FOLDER';

await failClearly(async () => {
  const { values, positionals: names } = parseArgs({
    allowPositionals: true,
    options: { from: { type: 'string' }, out: { type: 'string' } },
  });
  if (names.length === 0 || values.out === undefined) throw new Error(`Name models and a folder: ${USAGE}`);
  ensurePackages();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('Stopped; the same command goes on from here.')));
  let shown = '';
  const tell = (line) => {
    if (line !== shown) console.log(line);
    shown = line;
  };
  const list = await withSources((sources) => sources.mirror(names, values.from, path.resolve(values.out), tell, stop.signal));
  fs.writeFileSync(path.join(values.out, 'manifest.json'), `${JSON.stringify(list, null, 2)}\n`);
  console.log(`${path.resolve(values.out)} has ${Object.keys(list.models).join(', ')}.`);
});

/** `work` with src/node/mirror.ts, which imports other parts while it works. */
async function withSources(work) {
  const { createServer } = await import('vite');
  const options = { appType: 'custom', server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } };
  const server = await createServer({ root, configFile: false, logLevel: 'error', ...options });
  try {
    return await work(await server.ssrLoadModule('/src/node/mirror.ts'));
  } finally {
    await server.close();
  }
}
