/**
 * npm run pictures [-- --out FOLDER]: pictures of every view of the production build, at three sizes, light and dark, and the README's picture
 * (docs/watch.png). They are made to be looked at; only the README's is kept in the repository.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';

const SIZES = { wide: { width: 1440, height: 900 }, projector: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };
const VIEWS = [
  'watch',
  'race',
  'step',
  'conversation',
  'be-the-draft',
  'prove',
  'measure',
  'experiment',
  'claims',
  'history',
  'learn',
  'present',
];
/** What the README shows. */
const SHOWN = 'watch&recording=story-sampled';

await failClearly(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'build/pictures' } } });
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { build, preview } = await import('vite');
  const outDir = path.join(root, 'build/page');
  const folder = path.resolve(root, values.out);
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const [url] = server.resolvedUrls.local;
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  const visit = async (viewport, colorScheme, address) => {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' });
    await page.goto(`${url}#${address}`);
    await page.locator('main').waitFor();
    // Recordings and pictures of charts come a moment later.
    await page.waitForTimeout(1500);
    return page;
  };
  fs.mkdirSync(folder, { recursive: true });
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const theme of ['light', 'dark']) {
        for (const view of VIEWS) {
          const page = await visit(viewport, theme, view);
          await page.screenshot({ path: path.join(folder, `${view}-${size}-${theme}.png`) });
          await page.close();
        }
      }
    }
    const page = await visit(SIZES.projector, 'light', SHOWN);
    await page.locator('.area-output').screenshot({ path: path.join(root, 'docs/watch.png') });
  } finally {
    await browser.close();
    await server.close();
  }
  console.log(`Pictures of ${VIEWS.length} views are in ${path.relative(root, folder)}, the README's in docs/watch.png.`);
});
