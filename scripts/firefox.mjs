import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installDebianPackages } from './debian.mjs';

/** WebGPU in any Firefox, whatever it thinks of the graphics driver. */
const PREFERENCES = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

/** Mesa's software Vulkan (llvmpipe), so that every Linux machine computes alike. */
const SOFTWARE_VULKAN = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';
const DEBIAN_PACKAGES = ['firefox-esr', 'mesa-vulkan-drivers'];

const LINUX_NAMES = ['firefox-esr', 'firefox'];
const MAC_APPS = ['Firefox', 'Firefox Developer Edition', 'Firefox Nightly'];

/** Path of Firefox: FIREFOX_PATH, or the first in the usual places; undefined if absent. */
function findFirefox() {
  return [process.env.FIREFOX_PATH, ...usualPlaces()].find((candidate) => candidate && fs.existsSync(candidate));
}

/** `findFirefox`, installed first, with Mesa's drivers, where that is possible (Debian and similar systems, as root). Throws with what to do where it is not. */
export function ensureFirefox() {
  const ready = () => (hasGraphics() ? findFirefox() : undefined);
  const found = ready();
  if (found) return found;
  const installed = installDebianPackages(...DEBIAN_PACKAGES) && ready();
  if (installed) return installed;
  throw new Error(
    findFirefox()
      ? `No software Vulkan was found at ${SOFTWARE_VULKAN}. Install it (Debian: sudo apt-get install mesa-vulkan-drivers), or set VK_ICD_FILENAMES to the driver for Firefox.`
      : `No Firefox was found. Install it (Debian: sudo apt-get install ${DEBIAN_PACKAGES.join(' ')}), or set FIREFOX_PATH to its program file.`,
  );
}

/**
 * Firefox with WebGPU, a fresh profile and a home of its own, driven by puppeteer over WebDriver BiDi; on Linux it computes on Mesa's
 * software Vulkan, unless VK_ICD_FILENAMES names another driver. Closing it deletes profile and home.
 *
 * @param {Record<string, unknown>} [preferences] further ones, as in about:config
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export async function launchFirefox(preferences = {}) {
  const executablePath = ensureFirefox();
  const { default: puppeteer } = await import('puppeteer-core');
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'firefox-home-'));
  const forget = () => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  try {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      // A call into a page may measure for minutes.
      protocolTimeout: 0,
      env: process.platform === 'linux' ? { VK_ICD_FILENAMES: SOFTWARE_VULKAN, ...process.env, HOME: home } : process.env,
      extraPrefsFirefox: { ...PREFERENCES, ...preferences },
    });
    browser.process()?.once('exit', forget);
    return browser;
  } catch (error) {
    forget();
    throw error;
  }
}

/** Whether there is a Vulkan driver; systems other than Linux have graphics of their own. */
function hasGraphics() {
  return process.platform !== 'linux' || fs.existsSync(process.env.VK_ICD_FILENAMES ?? SOFTWARE_VULKAN);
}

function usualPlaces() {
  if (process.platform === 'win32') {
    const folders = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean);
    return folders.map((folder) => path.join(folder, 'Mozilla Firefox/firefox.exe'));
  }
  if (process.platform === 'darwin') {
    const folders = ['/Applications', path.join(os.homedir(), 'Applications')];
    return folders.flatMap((folder) => MAC_APPS.map((app) => `${folder}/${app}.app/Contents/MacOS/firefox`));
  }
  const folders = [...(process.env.PATH ?? '').split(path.delimiter).filter(Boolean), '/usr/bin', '/snap/bin'];
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}
