import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installDebianPackages } from './debian.mjs';
import { root } from './install.mjs';
import { oneAtATime } from './lock.mjs';

const OLDEST = [3, 11];
const IS_FIT = `import sys, ensurepip, venv; sys.exit(sys.version_info < (${OLDEST.join(', ')}))`;

/** Makes sure of a Python that can make environments, installing it where that is possible (Debian and similar systems, as root). Throws with what to do where it is not. */
export function ensurePython() {
  if (runs('python3', '-c', IS_FIT)) return;
  if (installDebianPackages('python3-venv') && runs('python3', '-c', IS_FIT)) return;
  throw new Error(`No Python ${OLDEST.join('.')} or later with venv was found. Install it (Debian 12: sudo apt-get install python3-venv).`);
}

/**
 * Makes the environment `folder` with the packages of `requirements`, both in the project's root, unless it was made for exactly these.
 *
 * @returns {(program: string) => string} the path of a program of the environment
 */
export function ensureEnvironment(folder, requirements) {
  const home = path.join(root, folder);
  const wanted = path.join(root, requirements);
  const installed = path.join(home, 'requirements.txt');
  const programOf = (name) => path.join(home, process.platform === 'win32' ? `Scripts/${name}.exe` : `bin/${name}`);
  const isCurrent = () => fs.existsSync(installed) && fs.readFileSync(installed, 'utf8') === fs.readFileSync(wanted, 'utf8');
  if (isCurrent()) return programOf;
  oneAtATime(path.join(root, `.lock-${folder}`), () => {
    if (isCurrent()) return;
    ensurePython();
    const run = (program, ...args) => execFileSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    console.log(`Installing ${requirements} …`);
    run('python3', '-m', 'venv', home);
    run(programOf('python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', wanted);
    fs.copyFileSync(wanted, installed);
  });
  return programOf;
}

/** Whether `program` can be run, and ends well. */
export function runs(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
