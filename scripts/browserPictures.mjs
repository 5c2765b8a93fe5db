/**
 * npm run pictures:browsers [-- --prompt TEXT]: one run in Chromium and in Firefox, each on the adapter that it has here, side by side in docs/browsers.webp.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { launchFirefox } from './firefox.mjs';
import { ensurePackages, root } from './install.mjs';
import { keepChoice } from './keptChoice.mjs';
import { failClearly } from './options.mjs';
import { servePage } from './servePage.mjs';

const PICTURE = path.join(root, 'docs/browsers.webp');
const PROMPT = 'Tell a short story about a fox who finds a bell.';
const VIEWPORT = { width: 820, height: 760 };
/** How long a pair may take to load, and a run to end, with WebGPU on a busy CPU. */
const PATIENCE_MS = 180_000;

await failClearly(async () => {
  const { values } = parseArgs({ options: { prompt: { type: 'string', default: PROMPT } } });
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { url, close } = await servePage('build/page');
  const inChromium = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  try {
    const page = await inChromium.newPage({ viewport: VIEWPORT, reducedMotion: 'reduce' });
    await page.addInitScript(keepChoice, 'webgpu');
    await page.goto(url);
    await run(page, values.prompt, (seen) => page.waitForFunction(seen, undefined, { timeout: PATIENCE_MS }));
    const shots = [{ name: `Chromium ${inChromium.version()}`, png: await page.screenshot() }];
    await page.close();
    const inFirefox = await launchFirefox({ 'ui.prefersReducedMotion': 1 });
    try {
      const page = await inFirefox.newPage();
      await page.setViewport(VIEWPORT);
      await page.evaluateOnNewDocument(keepChoice, 'webgpu');
      await page.goto(url);
      await run(page, values.prompt, (seen) => page.waitForFunction(seen, { timeout: PATIENCE_MS, polling: 200 }));
      const name = (await inFirefox.version()).replace(/^firefox\//i, 'Firefox ');
      shots.push({ name, png: Buffer.from(await page.screenshot()) });
    } finally {
      await inFirefox.close();
    }
    const joined = await inChromium.newPage();
    const pictures = shots.map(({ name, png }) => ({ name, source: `data:image/png;base64,${png.toString('base64')}` }));
    const webp = Buffer.from(await joined.evaluate(sideBySide, pictures), 'base64');
    fs.writeFileSync(PICTURE, webp);
    console.log(`${shots.map(({ name }) => name).join(' and ')}: ${path.relative(root, PICTURE)}, ${(webp.length / 1000).toFixed(0)} kB.`);
  } finally {
    await inChromium.close();
    await close();
  }
});

/** Runs `prompt` on `page`, of either driver, to its end. @param waitFor waits until a function of the page is true */
async function run(page, prompt, waitFor) {
  await waitFor(() => document.body.textContent.includes('Both models are ready.'));
  await page.evaluate((text) => {
    const field = [...document.querySelectorAll('textarea')].find((each) => each.labels?.[0]?.textContent?.startsWith('Prompt'));
    field.focus();
    field.select();
    document.execCommand('insertText', false, text);
    [...document.querySelectorAll('button')].find((button) => button.textContent.trim().startsWith('Run')).click();
  }, prompt);
  await waitFor(() => [...document.querySelectorAll('[role="status"]')].some((status) => status.textContent.trim().startsWith('Finished')));
  await page.evaluate(() => document.querySelector('[role="log"]').scrollIntoView({ block: 'center' }));
}

/** In a page: pictures of one size beside each other, each under its name. @returns a WebP file in base64 */
async function sideBySide(pictures) {
  const images = await Promise.all(
    pictures.map(async ({ source }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      return image;
    }),
  );
  const [HEAD, GAP] = [36, 16];
  const [{ width, height }] = images;
  const canvas = Object.assign(document.createElement('canvas'), { width: images.length * (width + GAP) - GAP, height: height + HEAD });
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = '18px sans-serif';
  context.fillStyle = 'black';
  for (const [index, image] of images.entries()) {
    context.fillText(pictures[index].name, index * (width + GAP) + 8, 24);
    context.drawImage(image, index * (width + GAP), HEAD);
  }
  return canvas.toDataURL('image/webp', 0.85).split(',')[1];
}
