import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';
import { oneAtATime } from './lock.mjs';

/** Installs `packages` where that is possible without asking: on Debian and similar systems, as root. Returns whether it did. */
export function installDebianPackages(...packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  oneAtATime(path.join(root, '.lock-debian'), () => {
    console.log(`Installing ${packages.join(', ')} …`);
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      execFileSync('apt-get', ['-q', ...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
    }
  });
  return true;
}
