/** node scripts/icons.mjs: draws the icons of the installed page, public/icons/, from public/favicon.svg, in Chromium. */
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { root } from './install.mjs';
import { failClearly } from './options.mjs';

/** Of a maskable icon only the middle four fifths are sure to be seen (https://www.w3.org/TR/appmanifest/#icon-masks). */
const SAFE = 0.8;
/** @type {{ name: string, size: number, look: 'rounded' | 'full' | 'maskable' }[]} */
const ICONS = [
  { name: 'icon-192.png', size: 192, look: 'rounded' },
  { name: 'icon-512.png', size: 512, look: 'rounded' },
  { name: 'maskable-192.png', size: 192, look: 'maskable' },
  { name: 'maskable-512.png', size: 512, look: 'maskable' },
  { name: 'apple-touch-180.png', size: 180, look: 'full' },
];

await failClearly(async () => {
  const drawing = fs.readFileSync(path.join(root, 'public/favicon.svg'), 'utf8');
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  const page = await browser.newPage();
  for (const { name, size, look } of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(
      `<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${reshaped(drawing, look)}`,
    );
    await page.screenshot({ path: path.join(root, 'public/icons', name), omitBackground: look === 'rounded' });
  }
  await browser.close();
});

/** The drawing as it is, to its edges (a system that rounds corners by itself), or small enough for any mask. */
function reshaped(drawing, look) {
  if (look === 'rounded') return drawing;
  const full = drawing.replace(/(<rect[^>]*) rx="\d+"/, '$1');
  if (full === drawing) throw new Error('public/favicon.svg has no rounded background');
  if (look === 'full') return full;
  const margin = (32 * (1 / SAFE - 1)) / 2;
  const side = 32 + 2 * margin;
  return full
    .replace('viewBox="0 0 32 32"', `viewBox="${-margin} ${-margin} ${side} ${side}"`)
    .replace('<rect width="32" height="32"', `<rect x="${-margin}" y="${-margin}" width="${side}" height="${side}"`);
}
