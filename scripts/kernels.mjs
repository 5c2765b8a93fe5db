/** npm run kernels: compiles src/model/cpu/wasm/kernels.cc to WebAssembly, with SIMD and with relaxed SIMD. Needs Debian's clang-16 and lld-16. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';

export const KERNELS = path.join(root, 'src/model/cpu/wasm');
/** What each file is compiled with. */
export const VARIANTS = { 'kernels.wasm': ['-msimd128'], 'kernels-relaxed.wasm': ['-msimd128', '-mrelaxed-simd'] };
/** What threads of one memory need. */
const THREADS = ['-matomics', '-mbulk-memory', '-mmutable-globals'];
/** Another version may write other bytes; those of LLVM 19 refuse what the kernels write in assembly, a vector that stays where it is. */
const VERSION = '16.0.6';
const [CLANG, LINKER] = ['clang-16', 'wasm-ld-16'];

/** Why they cannot be compiled here; null where they can. */
export function missingCompiler() {
  const { status, stdout } = spawnSync(CLANG, ['--version'], { encoding: 'utf8' });
  const linker = spawnSync(LINKER, ['--version']);
  if (status === 0 && stdout.includes(`version ${VERSION}`) && linker.status === 0) return null;
  return `clang and lld ${VERSION} are needed. On Debian 12: apt-get install clang-16 lld-16`;
}

/** @param {string} folder where the files go */
export function buildKernels(folder) {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'kernels-'));
  try {
    for (const [name, features] of Object.entries(VARIANTS)) {
      const object = path.join(work, `${name}.o`);
      const language = ['--target=wasm32', '-std=c++20', '-O2', '-ffreestanding', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden'];
      // From within the folder: what is compiled is not to depend on where that lies.
      invoke(CLANG, [...language, ...features, ...THREADS, '-Wall', '-Wextra', '-Werror', '-c', 'kernels.cc', '-o', object]);
      const memory = ['--import-memory', '--shared-memory', `--max-memory=${2 ** 32}`, '-z', 'stack-size=65536'];
      const exported = ['--export=__heap_base', '--export=__stack_pointer'];
      invoke(LINKER, [object, '--no-entry', '--export-dynamic', '--strip-all', ...memory, ...exported, '-o', path.join(folder, name)]);
      fs.chmodSync(path.join(folder, name), 0o644);
    }
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

function invoke(command, args) {
  const { status } = spawnSync(command, args, { cwd: KERNELS, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} failed.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = missingCompiler();
  if (missing) {
    console.error(missing);
    process.exitCode = 1;
  } else {
    buildKernels(KERNELS);
    for (const name of Object.keys(VARIANTS)) console.log(`${name}: ${fs.statSync(path.join(KERNELS, name)).size} bytes`);
  }
}
