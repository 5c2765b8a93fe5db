import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installDebianPackages } from './debian.mjs';

/** WebGPU on the CPU (SwiftShader), so that every machine computes alike. */
export const CHROMIUM_ARGS = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** For tests, which look at no pictures: pages are drawn without the graphics card that would be emulated for them, which takes less time. */
export const TEST_ARGS = [...CHROMIUM_ARGS, '--disable-gpu-compositing', '--disable-gpu-rasterization'];

/** No adapter for WebGPU. */
export const WITHOUT_WEBGPU_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer'];

const LINUX_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PATHS = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];

/** Path of a browser of Chromium's family: CHROME_PATH, or the first in the usual places; undefined if absent. */
export function findChromium() {
  return [process.env.CHROME_PATH, ...usualPlaces()].find((candidate) => candidate && fs.existsSync(candidate));
}

/** `findChromium`, installed first where that is possible (Debian and similar systems, as root). Throws with what to do where it is not. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const installed = installDebianPackages('chromium') && findChromium();
  if (installed) return installed;
  throw new Error(
    'No Chromium, Chrome or Edge was found. Install one (Debian: sudo apt-get install chromium), or set CHROME_PATH to its program file.',
  );
}

function usualPlaces() {
  if (process.platform === 'win32') {
    const folders = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean);
    return folders.flatMap((folder) => WINDOWS_PATHS.map((place) => path.join(folder, place)));
  }
  if (process.platform === 'darwin') {
    const folders = ['/Applications', path.join(os.homedir(), 'Applications')];
    return folders.flatMap((folder) => MAC_APPS.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`));
  }
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(Boolean), '/usr/bin', '/snap/bin', '/opt/google/chrome'];
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}
