import fs from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/built';
import { committed, launch, Visit } from './support/page';
import { FaultyServer } from './support/server';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  return () => browser.close();
});

/** The file of the view Race that ends in `ending`, below the root. */
function fileOfRace(ending: string): string {
  const name = fs.readdirSync(path.join(BUILT, 'assets')).find((file) => file.startsWith('Race-') && file.endsWith(ending));
  if (!name) throw new Error(`Race has no file that ends in "${ending}".`);
  return `assets/${name}`;
}

describe('a view', () => {
  const ways = [
    ['.js', 'Try again'],
    ['.css', 'Try again'],
    // All that helps for a script in Firefox, which keeps that it failed.
    ['.js', 'Reload'],
  ] as const;
  it.each(ways)('whose %s cannot be fetched says so in its place, and comes, with the output, after %s', async (ending, button) => {
    const server = await FaultyServer.start(BUILT);
    const file = fileOfRace(ending);
    server.break(file, 'missing');
    const visit = await Visit.open(browser, server.url, false, 'cpu');
    await visit.set('Most tokens', 8);
    await visit.choose('Plain decoding');
    await visit.run('Tell me a story.');
    const race = visit.page.getByRole('link', { name: 'Race', exact: true });
    await race.click();
    await visit.page.getByRole('main').getByRole('alert').filter({ hasText: 'A part of the page could not be fetched.' }).waitFor();
    // At once, and twice a moment later.
    expect(server.requests.filter((asked) => asked === file).length).toBeGreaterThanOrEqual(3);
    await visit.page.getByRole('link', { name: 'Watch', exact: true }).click();
    await expect.poll(async () => committed(await visit.tokens())).toHaveLength(8);
    await race.click();
    await visit.page.getByRole('button', { name: button }).waitFor();
    server.repair();
    await visit.page.getByRole('button', { name: button }).click();
    await visit.page.getByRole('heading', { name: 'Race' }).first().waitFor();
    const sheets = () => visit.page.evaluate(() => [...document.styleSheets].flatMap(({ href }) => href ?? []));
    expect(await sheets()).toContain(`${server.url}${fileOfRace('.css')}`);
    await visit.page.getByRole('link', { name: 'Watch', exact: true }).click();
    await expect.poll(async () => committed(await visit.tokens())).toHaveLength(8);
    expect(visit.uncaught).toEqual([]);
    await visit.close();
    await server.close();
  });
});
