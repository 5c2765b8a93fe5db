/**
 * npm run models [-- --check | --work FOLDER | --out FOLDER]: builds the embedded pair with Python, installing first what is missing:
 * the packages of training/requirements.txt into .venv, and on Debian, as root, python3-venv and emscripten.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installDebianPackages } from './debian.mjs';
import { root } from './install.mjs';
import { failClearly } from './options.mjs';

const environment = path.join(root, '.venv');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirements = path.join(root, 'training/requirements.txt');
/** A copy of the requirements that the environment was made for. */
const installed = path.join(environment, 'requirements.txt');

await failClearly(async () => {
  ensureEnvironment();
  const { status } = spawnSync(python, [path.join(root, 'training/build.py'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
});

function ensureEnvironment() {
  if (!found('emcc', '--version') && !installDebianPackages('emscripten')) {
    throw new Error('emcc was not found. Install Emscripten (Debian: sudo apt-get install emscripten).');
  }
  if (fs.existsSync(installed) && fs.readFileSync(installed, 'utf8') === fs.readFileSync(requirements, 'utf8')) return;
  if (!found('python3', '-c', 'import ensurepip') && !installDebianPackages('python3-venv')) {
    throw new Error('Python 3 with venv was not found. Install it (Debian: sudo apt-get install python3-venv).');
  }
  const run = (program, ...args) => execFileSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  run('python3', '-m', 'venv', environment);
  run(python, '-m', 'pip', 'install', '--requirement', requirements);
  fs.copyFileSync(requirements, installed);
}

function found(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
