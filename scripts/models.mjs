/** Rebuilds public/models: makes a Python environment of its own under build/, then runs training/build.py in it with this script's arguments. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

const environment = path.join(root, 'build/venv');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirements = path.join(root, 'training/requirements.txt');
const installed = path.join(environment, 'requirements.txt');

const wanted = fs.readFileSync(requirements, 'utf8');
if (!fs.existsSync(installed) || fs.readFileSync(installed, 'utf8') !== wanted) {
  console.log('Making a Python environment in build/venv …');
  if (spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0) {
    console.error('Python 3.11 with its venv module is needed. On Debian: apt-get install python3 python3-venv');
    process.exit(1);
  }
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'inherit' });
  fs.copyFileSync(requirements, installed);
}
const { status } = spawnSync(python, ['training/build.py', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
