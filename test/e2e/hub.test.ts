import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PrebuiltRecord, prebuiltRecords } from '../../src/catalog/prebuilt';
import { putEmbedded } from '../support/embeddedOnHub';
import { Hub } from '../support/hub';
import { idsOf, Visit } from './support/page';
import { servedBuild } from './support/served';

/** Of web-llm's list: the hub of this test has the embedded pair under their addresses. */
const [TARGET, DRAFT] = ['Qwen2.5-1.5B-Instruct', 'Qwen2.5-0.5B-Instruct'];

/** The pair is loaded, and runs, on a busy CPU. */
const PATIENCE_MS = 150_000;

const site = servedBuild();
let hub: Hub;
let shards: readonly string[] = [];
let visit: Visit;
let page: Page;

beforeAll(async () => {
  hub = await Hub.start();
  const records = await prebuiltRecords();
  // Whatever version the page chooses for the adapter of this machine.
  const versions = (name: string) => records.filter(({ model_id: id }) => new RegExp(`^${name}-q4f(16|32)_1-MLC$`).test(id));
  const put = (name: 'target' | 'draft', each: readonly PrebuiltRecord[]) => each.flatMap((record) => putEmbedded(hub, name, record));
  shards = put('target', versions(TARGET));
  put('draft', versions(DRAFT));
});
afterAll(() => hub.close());

beforeEach(async () => {
  hub.repair();
  visit = await Visit.open(site.browser, `${site.server.url}#models`);
  ({ page } = visit);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByRole('textbox', { name: /^Address of a mirror/ }).fill(hub.url);
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  return () => visit.close();
});

const download = () => page.getByRole('region', { name: new RegExp(`^${TARGET}.* with ${DRAFT}`) });
const press = (name: RegExp) => download().getByRole('button', { name }).click();

/** Asks about the pair, and agrees to its download. */
async function agree(): Promise<void> {
  await page.getByRole('button', { name: `Look at it: ${TARGET}` }).click();
  await download().getByRole('combobox', { name: 'Tokens that a cache holds' }).selectOption('1024');
  await press(/^Download \d/);
}

describe('a published pair', () => {
  it('is looked at, agreed to, fetched, used, there at the next visit without a hub, and deleted', async () => {
    expect(hub.requests).toEqual([]);
    await page.getByRole('button', { name: `Look at it: ${TARGET}` }).click();
    await download()
      .getByText(/^\d+\.\d MB, and 2 files of some MB from/)
      .waitFor();
    expect(hub.requests.filter((path) => path.endsWith('.bin'))).toEqual([]);
    await download().getByRole('combobox', { name: 'Tokens that a cache holds' }).selectOption('1024');
    await press(/^Download \d/);
    await press(/^Use it now$/);
    await page.goto(`${site.server.url}#watch`);
    await page.getByRole('heading', { name: new RegExp(`Models: ${TARGET}`) }).waitFor();
    await visit.set('Most tokens', 12);
    const written = idsOf(await visit.run('Count from 1 to 30.'));
    expect(written).toHaveLength(12);

    hub.break(shards[0] ?? '', 'missing');
    hub.requests.length = 0;
    await page.reload();
    expect(idsOf(await visit.run('Count from 1 to 30.'))).toEqual(written);
    expect(hub.requests).toEqual([]);

    await page.goto(`${site.server.url}#models`);
    const here = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TARGET} q4`) }) });
    await here.first().getByText('in use').waitFor();
    await here
      .first()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await here.first().getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => placesOf(TARGET)).toEqual([]);
    expect(await placesOf(DRAFT)).not.toEqual([]);
    expect(visit.uncaught).toEqual([]);
  });

  it('is cancelled, and leaves nothing of what was not complete', async () => {
    const held = await chosenShards();
    hub.break(held[1] ?? '', 'held', 1);
    await agree();
    await download()
      .getByText(/now params_shard_1\.bin/)
      .waitFor();
    await press(/^Cancel/);
    await download().waitFor({ state: 'detached' });
    await expect.poll(() => placesOf(TARGET)).toEqual([]);
  });
});

/** Paths of the shards of the version that the page offers here. */
async function chosenShards(): Promise<readonly string[]> {
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: TARGET, exact: true }) });
  const [version = ''] = /q4f\d+_1/.exec((await row.first().textContent()) ?? '') ?? [];
  return shards.filter((path) => path.includes(version));
}

/** Where files of the model `name` are stored in the browser. */
function placesOf(name: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const all = await Promise.all((await caches.keys()).map(async (each) => (await caches.open(each)).keys()));
    return all.flat().flatMap(({ url }) => (url.includes('/models-hub/') && url.includes(wanted) ? [url] : []));
  }, name);
}
