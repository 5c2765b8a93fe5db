/**
 * npm run pictures:models [-- --out FOLDER]: pictures of the view Models in each of its states, at three sizes, light and dark. The production
 * build is served with a hub on this machine beside it, which has the embedded pair under published addresses.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';
import { servePage } from './servePage.mjs';

const SIZES = { wide: { width: 1600, height: 900 }, projector: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };
const [TARGET, DRAFT] = ['Qwen2.5-1.5B-Instruct', 'Qwen2.5-0.5B-Instruct'];
const PATIENCE_MS = 60_000;

/** Where downloads are shown. */
const DOWNLOADS = '[aria-labelledby="hub-downloads"]';

/** The view's states, each after the one before. `part`: what is on the picture, by its selector; by default all of the view. */
const STATES = [
  { name: 'open', reach: async ({ page }) => void (await page.getByText('First choices').waitFor()) },
  {
    name: 'refused-pair',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      hub.giveTokenizer('other');
      await look(page);
      await page.getByText(/do not share a vocabulary/).waitFor();
    },
    async leave({ page, hub }) {
      hub.giveTokenizer('same');
      await press(page, /^Cancel/);
    },
  },
  {
    name: 'not-looked-at',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      hub.breakSmall();
      await look(page);
      await page.getByRole('alert').first().waitFor();
    },
    async leave({ page, hub }) {
      hub.repair();
      await press(page, /^Cancel/);
    },
  },
  {
    name: 'plan',
    part: DOWNLOADS,
    async reach({ page }) {
      await look(page);
      await untilOffered(page, /^Download \d/);
    },
  },
  {
    name: 'fetching',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      hub.hold();
      await press(page, /^Download \d/);
      await card(page)
        .getByText(/now params_shard_1\.bin/)
        .waitFor();
    },
  },
  {
    name: 'paused',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      await press(page, /^Pause/);
      await untilOffered(page, /^Go on/);
      hub.repair();
    },
  },
  {
    name: 'failed',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      hub.damage();
      await press(page, /^Go on/);
      await untilOffered(page, /^Try again/);
    },
  },
  {
    name: 'retry',
    part: DOWNLOADS,
    async reach({ page, hub }) {
      hub.hold();
      await press(page, /^Try again/);
      await card(page)
        .getByText(/now params_shard_/)
        .waitFor();
    },
    async leave({ hub }) {
      hub.repair();
    },
  },
  {
    name: 'stored',
    part: DOWNLOADS,
    reach: async ({ page }) => void (await card(page).getByText('Stored in this browser.').waitFor()),
  },
  {
    name: 'deletion',
    part: '[aria-labelledby="hub-here"]',
    async reach({ page }) {
      const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TARGET} q4`) }) });
      await row
        .first()
        .getByRole('button', { name: /^Delete/ })
        .click();
      await page.getByRole('button', { name: 'Keep', exact: true }).waitFor();
    },
  },
  {
    name: 'mirror',
    part: '[aria-labelledby="hub-mirror"]',
    async reach({ page }) {
      await page.getByRole('textbox', { name: /^Address of a mirror/ }).fill('a mirror');
      await page.getByRole('button', { name: 'Set', exact: true }).click();
      await page.getByRole('alert').first().waitFor();
    },
  },
];

await failClearly(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'build/pictures/models' } } });
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const hub = await hubOfPictures();
  const folder = path.resolve(root, values.out);
  fs.mkdirSync(folder, { recursive: true });
  const { url, close } = await servePage('build/page');
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        await page.goto(`${url}#models`);
        await page.getByRole('textbox', { name: /^Address of a mirror/ }).fill(hub.url);
        await page.getByRole('button', { name: 'Set', exact: true }).click();
        for (const { name, part, reach, leave } of STATES) {
          await reach({ page, hub });
          await page.mouse.move(0, 0);
          const file = path.join(folder, `${name}-${size}-${colorScheme}.png`);
          if (part) await page.locator(part).screenshot({ path: file });
          else await page.screenshot({ path: file, fullPage: true });
          await leave?.({ page, hub });
        }
        await context.close();
      }
    }
    console.log(`Pictures of ${STATES.length} states are in ${path.relative(root, folder)}.`);
  } finally {
    await browser.close();
    await close();
    await hub.close();
  }
});

function card(page) {
  return page.getByRole('region', { name: new RegExp(`^${TARGET}.* with ${DRAFT}`) });
}

function press(page, name) {
  return card(page).getByRole('button', { name }).click();
}

function untilOffered(page, name) {
  return card(page).getByRole('button', { name }).waitFor();
}

function look(page) {
  return page.getByRole('button', { name: `Look at it: ${TARGET}` }).click();
}

/** The hub of the end-to-end tests, and what the pictures have it do. */
async function hubOfPictures() {
  const { createServer } = await import('vite');
  const quietly = { appType: 'custom', server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } };
  const sources = await createServer({ root, configFile: false, logLevel: 'error', ...quietly });
  const { Hub } = await sources.ssrLoadModule('/test/support/hub.ts');
  const { pathOf, putEmbedded } = await sources.ssrLoadModule('/test/support/embeddedOnHub.ts');
  const { prebuiltRecords } = await sources.ssrLoadModule('/src/catalog/prebuilt.ts');
  const hub = await Hub.start();
  const records = await prebuiltRecords();
  const versions = (name) => records.filter(({ model_id: id }) => new RegExp(`^${name}-q4f(16|32)_1-MLC$`).test(id));
  const shards = versions(TARGET).flatMap((record) => putEmbedded(hub, 'target', record));
  for (const record of versions(DRAFT)) putEmbedded(hub, 'draft', record);
  const tokenizer = JSON.parse(fs.readFileSync(path.join(root, 'public/models/draft/resolve/main/tokenizer.json'), 'utf8'));
  const other = { ...tokenizer, model: { ...tokenizer.model, merges: tokenizer.model.merges.slice(1) } };
  const second = shards.filter((shard) => shard.endsWith('_1.bin'));
  const all = (list, fault, times) => {
    for (const each of list) hub.break(each, fault, times);
  };
  return {
    url: hub.url,
    giveTokenizer(which) {
      const content = JSON.stringify(which === 'other' ? other : tokenizer);
      for (const record of versions(DRAFT)) hub.put(`${pathOf(record.model)}/resolve/main/tokenizer.json`, content);
    },
    breakSmall: () =>
      all(
        versions(TARGET).map((record) => `${pathOf(record.model)}/resolve/main/mlc-chat-config.json`),
        'missing',
      ),
    hold: () => all(second, 'held', Infinity),
    damage: () =>
      all(
        shards.filter((shard) => /_[12]\.bin$/.test(shard)),
        'damaged',
        Infinity,
      ),
    repair: () => hub.repair(),
    async close() {
      await hub.close();
      await sources.close();
    },
  };
}
