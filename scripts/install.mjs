import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './lock.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the packages of package-lock.json unless exactly these are there; commands that are given at once install them once. Throws when that fails. */
export function ensurePackages() {
  requireNode();
  if (!packagesAreCurrent()) oneAtATime(path.join(root, '.lock-packages'), installPackages);
}

function installPackages() {
  // Another command may have installed them meanwhile.
  if (packagesAreCurrent()) return;
  console.log('Installing packages …');
  npm('ci', '--include=dev');
}

/** Has npm install something; without its audit and its appeals. @param {string[]} args */
export function npm(...args) {
  // npm hands its own path to the scripts that it runs; a script that was started otherwise finds npm on the path.
  const program = process.env.npm_execpath;
  const all = [...args, '--no-audit', '--no-fund'];
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  if (program?.endsWith('.js')) execFileSync(process.execPath, [program, ...all], options);
  else execFileSync('npm', all, { ...options, shell: process.platform === 'win32' });
}

function requireNode() {
  const { engines } = readJson('package.json');
  const wanted = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
  const actual = process.versions.node.split('.').map(Number);
  if (actual[0] > wanted[0] || (actual[0] === wanted[0] && actual[1] >= wanted[1])) return;
  throw new Error(`Node ${process.versions.node} is too old: this project needs ${engines.node}.`);
}

/** Compares what npm says it installed with what the lock asks for; packages for other systems are left out. */
function packagesAreCurrent() {
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return false;
  return Object.entries(readJson('package-lock.json').packages).every(
    ([name, wanted]) => name === '' || (installed[name]?.version ?? (wanted.optional && wanted.version)) === wanted.version,
  );
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
