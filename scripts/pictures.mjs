/**
 * npm run pictures [-- --out FOLDER] [-- --film]: pictures of every view of the production build, at three sizes, light and dark, and the README's
 * moving picture (docs/run.webp), which alone is kept in the repository. --film makes only that one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { animatedWebp } from './animatedWebp.mjs';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensurePackages, root } from './install.mjs';
import { keepChoice } from './keptChoice.mjs';
import { failClearly } from './options.mjs';
import { servePage } from './servePage.mjs';

const FILM = path.join(root, 'docs/run.webp');
const SIZES = { wide: { width: 1440, height: 900 }, projector: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };
const VIEWS = [
  'watch',
  'race',
  'step',
  'conversation',
  'be-the-draft',
  'proof',
  'measure',
  'experiment',
  'claims',
  'history',
  'learn',
  'present',
  'models',
];
/** The run that the README shows, in a window that shows all of it. */
const FILMED = { address: 'embed.html#recording=story-sampled', viewport: { width: 800, height: 900 } };
const MARGIN = 12;
/** The film has this many evenly spaced moments of the run; each stays for FRAME_MS, the last for LAST_MS. */
const MOMENTS = 60;
const FRAME_MS = 160;
const LAST_MS = 4000;

await failClearly(async () => {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'build/pictures' }, film: { type: 'boolean', default: false } },
  });
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const folder = path.resolve(root, values.out);
  const { url, close } = await servePage('build/page');
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  const visit = async (viewport, colorScheme, address) => {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' });
    // What is measured would be another in every picture.
    await page.addInitScript(keepChoice, 'webgpu');
    await page.goto(`${url}${address}`);
    await page.locator('main').waitFor();
    // Recordings and pictures of charts come a moment later.
    await page.waitForTimeout(1500);
    return page;
  };
  try {
    if (!values.film) {
      fs.mkdirSync(folder, { recursive: true });
      for (const [size, viewport] of Object.entries(SIZES)) {
        for (const theme of ['light', 'dark']) {
          for (const view of VIEWS) {
            const page = await visit(viewport, theme, `#${view}`);
            await page.screenshot({ path: path.join(folder, `${view}-${size}-${theme}.png`) });
            await page.close();
          }
        }
      }
      console.log(`Pictures of ${VIEWS.length} views are in ${path.relative(root, folder)}.`);
    }
    const page = await visit(FILMED.viewport, 'light', FILMED.address);
    const film = await animatedWebp(page, await shotsOfRun(page));
    fs.writeFileSync(FILM, film);
    console.log(`The README's moving picture is in ${path.relative(root, FILM)}: ${(film.length / 1000).toFixed(0)} kB.`);
  } finally {
    await browser.close();
    await close();
  }
});

/** The recorded run on `page` at `MOMENTS` moments, from its beginning to its end: its marks, its rounds in time, the latest draft and the text. */
async function shotsOfRun(page) {
  const slider = page.getByRole('slider', { name: 'Moment of the run' });
  const last = Number(await slider.getAttribute('max'));
  await slider.fill(String(last));
  // The marks stand above already; below the text they would move with it.
  await page.locator('.legend-bar').evaluate((element) => {
    element.style.display = 'none';
  });
  const [head, text] = [await page.locator('.legend-line').boundingBox(), await page.getByRole('log').boundingBox()];
  const clip = { x: 0, y: head.y - MARGIN, width: FILMED.viewport.width, height: text.y + text.height - head.y + 2 * MARGIN };
  const shots = [];
  for (let moment = 0; moment <= MOMENTS; moment++) {
    await slider.fill(String(Math.round((last * moment) / MOMENTS)));
    await slider.blur();
    shots.push({ png: await page.screenshot({ clip }), ms: moment === MOMENTS ? LAST_MS : FRAME_MS });
  }
  return shots;
}
