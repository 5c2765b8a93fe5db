import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/built';
import { committed, idsOf, launch, Visit } from './support/page';
import { FaultyServer } from './support/server';

const PROMPT = 'Count from 1 to 30.';
let browser: Browser;
/** It sends no headers of its own. */
let host: FaultyServer;
/** A site of someone else. */
let elsewhere: FaultyServer;
/** Another one, which lets every page read its embed.js. */
let open: FaultyServer;

beforeAll(async () => {
  browser = await launch();
  host = await FaultyServer.start(BUILT, true);
  elsewhere = await FaultyServer.start(BUILT, true);
  open = await FaultyServer.start(BUILT);
  return async () => {
    await browser.close();
    await Promise.all([host.close(), elsewhere.close(), open.close()]);
  };
});

const isIsolated = () => globalThis.crossOriginIsolated;
/** The page's engine, once it has one. */
const engineOf = async ({ page }: Visit) => page.workers()[0] ?? (await page.waitForEvent('worker'));

describe('on a host that sends no headers, the page', () => {
  it('is isolated from the second navigation on, with its engine; until then it stays as it is, and it writes the same', async () => {
    const visit = await Visit.open(browser, host.url, true, 'cpu');
    const { page } = visit;
    await page.evaluate(() => {
      document.documentElement.dataset.visit = 'first';
    });
    await visit.set('Most tokens', 8);
    const before = await visit.run(PROMPT);
    expect(committed(before)).toHaveLength(8);
    expect([await page.evaluate(isIsolated), await (await engineOf(visit)).evaluate(isIsolated)]).toEqual([false, false]);
    await page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor({ timeout: 60_000 });
    // The service worker reloads nothing.
    expect(await page.evaluate(() => document.documentElement.dataset.visit)).toBe('first');

    await page.reload();
    expect(await page.evaluate(isIsolated)).toBe(true);
    expect(idsOf(await visit.run(PROMPT))).toEqual(idsOf(before));
    expect(await (await engineOf(visit)).evaluate(isIsolated)).toBe(true);
    // A file of another host, as those of published models, comes as before; what that host does not let this page read is refused as before.
    const fetched = (url: string) =>
      page.evaluate(
        (address) =>
          fetch(address).then(
            ({ ok }) => ok,
            () => false,
          ),
        url,
      );
    expect(await fetched(`${open.url}embed.js`)).toBe(true);
    expect(await fetched(`${elsewhere.url}embed.js`)).toBe(false);
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it('shows its notes in a window of their own, which moves it, isolated or not', async () => {
    const visit = await Visit.open(browser, host.url, true, 'cpu');
    const { page } = visit;
    /** Opens the notes, which move both on to the item `position`. */
    const moveOn = async (position: number) => {
      const [notes] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('w')]);
      await notes.getByRole('button', { name: 'Next', exact: true }).click();
      for (const each of [notes, page]) {
        await each
          .getByText(new RegExp(`^${position} / \\d+$`))
          .first()
          .waitFor();
      }
      await notes.close();
    };
    await page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor({ timeout: 60_000 });
    await page.evaluate(() => {
      location.hash = 'present';
    });
    await page.getByRole('button', { name: 'Present', exact: true }).click();
    expect(await page.evaluate(isIsolated)).toBe(false);
    await moveOn(2);
    // It goes on presenting.
    await page.reload();
    expect(await page.evaluate(isIsolated)).toBe(true);
    await moveOn(3);
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it('lets other pages frame its recordings, which are not isolated', async () => {
    const visit = await Visit.open(browser, host.url, true, 'cpu');
    const { page } = visit;
    await page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor({ timeout: 60_000 });
    await page.goto(`${elsewhere.url}models/manifest.json`);
    await page.setContent(`<iframe title="recording" src="${host.url}embed.html#recording=story"></iframe>`);
    await page.frameLocator('iframe').getByRole('button', { name: 'Play' }).first().waitFor();
    await page.goto(`${host.url}embed.html#recording=story`);
    expect(await page.evaluate(isIsolated)).toBe(false);
    await visit.close();
  });
});
