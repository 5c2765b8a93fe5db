import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** Installs `packages` where that is possible without asking: on Debian and similar systems, as root. Returns whether it did. */
export function installDebianPackages(...packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) return false;
  console.log(`Installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    execFileSync('apt-get', ['-q', ...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
  }
  return true;
}
