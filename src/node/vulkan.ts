/** What dawn computes on in Linux: Vulkan's loader and its drivers, installed or as a Chromium brings them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** How the loader is told which driver to use; it reads this each time that it starts. */
export const DRIVER = 'VK_ICD_FILENAMES';

/** By its name dawn asks for it. */
const LOADER = 'libvulkan.so.1';

/** dlopen's RTLD_NODELETE on Linux: what was loaded stays, and is found by its name from then on. */
const STAYS = 0x1000;

/** Has the loader in this process: the installed one, else one that a Chromium brings. Elsewhere than in Linux there is nothing to do. */
export function bringLoader(): void {
  if (process.platform !== 'linux') return;
  [LOADER, ...chromiumFolders().map((folder) => path.join(folder, LOADER))].some(loads);
}

function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, os.constants.dlopen.RTLD_NOW | STAYS);
    return true;
  } catch (thrown) {
    // It is loaded, and Node finds no module of its own in it.
    return /self-register/.test((thrown as Error).message);
  }
}

/** Variables that name drivers. */
const NAMING = [DRIVER, 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES'];

/** Folders that no variable names. */
const FIXED = ['/usr/local/etc', '/etc', '/run/opengl-driver/share'];

/**
 * Whether a driver is installed, so that there may be a graphics card: without one dawn need not be asked, which complains. Looks where the
 * loader does (Vulkan-Loader, LoaderDriverInterface.md, "Driver Discovery on Linux"), and where NixOS keeps them.
 */
export function hasDriver(env: NodeJS.ProcessEnv = process.env, fixed: readonly string[] = FIXED): boolean {
  if (process.platform !== 'linux' || NAMING.some((name) => env[name])) return true;
  const home = env.HOME ?? os.homedir();
  const folders = [
    ...listed(env.XDG_CONFIG_HOME || path.join(home, '.config')),
    ...listed(env.XDG_CONFIG_DIRS || '/etc/xdg'),
    ...fixed,
    ...listed(env.XDG_DATA_HOME || path.join(home, '.local/share')),
    ...listed(env.XDG_DATA_DIRS || '/usr/local/share:/usr/share'),
  ];
  return folders.some((folder) => below(path.join(folder, 'vulkan/icd.d'), /\.json$/).length > 0);
}

function listed(folders: string): string[] {
  return folders.split(path.delimiter);
}

const ICD = 'vk_swiftshader_icd.json';

/** SwiftShader's description for the Vulkan loader, as Chromium brings it; null where none is found. */
export function findSoftwareDriver(folders: readonly string[] = chromiumFolders()): string | null {
  const files = folders.map((folder) => path.join(folder, ICD));
  return files.find((file) => fs.existsSync(file)) ?? null;
}

/** Where Chromium lies: installed, and fetched by Playwright or Puppeteer, the newest first. */
function chromiumFolders(): string[] {
  const installed = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
    '/snap/chromium/current/usr/lib/chromium-browser',
  ];
  const home = os.homedir();
  const fetched = [
    ...below(process.env.PLAYWRIGHT_BROWSERS_PATH ?? path.join(home, '.cache/ms-playwright'), /^chromium/),
    ...below(path.join(home, '.cache/puppeteer/chrome'), /^linux/),
  ];
  return [...installed, ...fetched.flatMap((folder) => [folder, ...below(folder, /^chrome-/)])];
}

function below(folder: string, name: RegExp): string[] {
  return namesIn(folder)
    .filter((each) => name.test(each))
    .sort()
    .reverse()
    .map((each) => path.join(folder, each));
}

/** None where it is no folder, or not one that this user may read. */
function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
