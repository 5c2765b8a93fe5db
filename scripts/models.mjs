/**
 * npm run models [-- --work FOLDER | --out FOLDER | --libraries]: builds the embedded pair with Python, installing first what is missing:
 * the packages of training/requirements.txt into .venv, and on Debian, as root, python3-venv and emscripten.
 * With --libraries only those are compiled, for the weights that are there.
 *
 * npm run models -- library SHAPE…: compiles the library of a published model's shape, for grouped weights of any type (training/shape_library.py says more).
 * npm run models -- families: makes the small models that npm run bench:families compares, in an environment of its own, which has transformers too.
 * npm run models -- mlc-library CONFIG OUT: compiles a small library as MLC does, for tests (training/mlc_library.py says more).
 * npm run models -- mlc-weights FILE.gguf MODEL OUT: writes a model in MLC's format (training/mlc_weights.py says more), in an environment of its own.
 * npm run models -- draft --corpus FILE: trains a new draft for the pair from a text (training/own_draft.py says more).
 * npm run models -- smollm2: puts SmolLM2-135M-Instruct beside the pair (scripts/smollm2.mjs says more).
 * npm run models -- --check: compares public/models with its manifest, without Python.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { installDebianPackages } from './debian.mjs';
import { root } from './install.mjs';
import { failClearly } from './options.mjs';
import { ensureEnvironment, runs } from './python.mjs';
import { makeSmolLM2 } from './smollm2.mjs';

/** Programs in training/ by the words that call them; without one of these it is build.py. */
const NAMED = {
  ...{ draft: 'own_draft.py', library: 'shape_library.py', families: 'families.py' },
  ...{ 'mlc-library': 'mlc_library.py', 'mlc-weights': 'mlc_weights.py' },
};

/** Options that build.py takes, each of which may come first. */
const OF_THE_PAIR = ['--work', '--out', '--libraries'];

/** What stands at the head of this file, without its marks. */
function usage() {
  const [comment = ''] = /\/\*\*[\s\S]*?\*\//.exec(fs.readFileSync(import.meta.filename, 'utf8')) ?? [];
  return comment.replace(/^\/\*\*\n|\n \*\/$/g, '').replace(/^ \* ?/gm, '');
}

await failClearly(async () => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--check') {
    checkHashes(path.join(root, 'public/models'));
    return;
  }
  if (first === 'smollm2') {
    await makeSmolLM2(rest);
    return;
  }
  if (first === '--help' || first === '-h') {
    console.log(usage());
    return;
  }
  const named = Object.hasOwn(NAMED, first) ? NAMED[first] : undefined;
  if (first !== undefined && !named && !OF_THE_PAIR.includes(first)) throw new Error(`"${first}" is no model to make.\n\n${usage()}`);
  if (first !== 'draft' && first !== 'mlc-weights') ensureCompiler();
  const suffix = { families: '-families', 'mlc-weights': '-mlc' }[first] ?? '';
  const program = ensureEnvironment(`.venv${suffix}`, `training/requirements${suffix}.txt`);
  const [script, options] = named ? [named, rest] : ['build.py', process.argv.slice(2)];
  const { status } = spawnSync(program('python'), [path.join(root, 'training', script), ...options], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
});

/** Fails unless the files are the manifest's; tells what a visitor downloads for the target and the first draft, each with its best library. @param {string} folder with manifest.json */
function checkHashes(folder) {
  const { models, pair, pairs = [pair] } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const byPath = (listed) => new Map(listed.map((file) => [file.path, file]));
  const files = byPath(Object.values(models).flatMap((model) => [...model.libraries, ...model.files]));
  const read = (name) => fs.readFileSync(path.join(folder, name));
  const wrong = [...files.values()].filter(({ path: name, sha256 }) => {
    return !fs.existsSync(path.join(folder, name)) || createHash('sha256').update(read(name)).digest('hex') !== sha256;
  });
  if (wrong.length > 0) throw new Error(`Missing, or not the files of the manifest: ${wrong.map((file) => file.path).join(', ')}`);
  const [
    {
      target,
      drafts: [draft],
    },
  ] = pairs;
  const chosen = [target, ...(draft ? [draft.id] : [])].map((id) => models[id]).flatMap((model) => [model.libraries[0], ...model.files]);
  const downloaded = [...byPath(chosen).keys()].map(read);
  const megabytes = (size) => (downloaded.reduce((sum, file) => sum + size(file), 0) / 1e6).toFixed(1);
  const compressed = megabytes((file) => gzipSync(file, { level: 9 }).length);
  console.log(`${files.size} files are those of the manifest.`);
  console.log(`Target${draft ? ` and ${draft.name}` : ''}: ${megabytes((file) => file.length)} MB, ${compressed} MB compressed.`);
}

function ensureCompiler() {
  if (!runs('emcc', '--version') && !installDebianPackages('emscripten')) {
    throw new Error('emcc was not found. Install Emscripten (Debian: sudo apt-get install emscripten).');
  }
}
