import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/built';
import { committed, idsOf, launch, Visit } from './support/page';
import { FaultyServer } from './support/server';

const PROMPT = 'Please tell me a story about a gardener and an old mill.';
/** Runs in a row after which the page must long be stored, were nothing in its way. */
const MOST_RUNS = 100;

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  return () => browser.close();
});

describe('what the page does in the background', () => {
  it('ends although one run follows another without a pause, and the page works without a network from then on', async () => {
    const server = await FaultyServer.start(BUILT);
    const visit = await Visit.open(browser, server.url, true);
    const { page } = visit;
    await visit.set('Most tokens', 16);
    const first = await visit.run(PROMPT);
    expect(committed(first)).toHaveLength(16);
    const ready = page.getByRole('button', { name: 'Offline: ready', exact: true });
    // The next run begins in the page itself, as soon as it can.
    await page.evaluate((most) => {
      const root = document.documentElement;
      root.dataset.runs = '0';
      const timer = setInterval(() => {
        const [run] = [...document.querySelectorAll('button')].filter(
          (button) => /^Run\b/.test(button.textContent ?? '') && button.getAttribute('aria-disabled') !== 'true',
        );
        if (Number(root.dataset.runs) >= most || root.dataset.over) clearInterval(timer);
        else if (run) {
          root.dataset.runs = String(Number(root.dataset.runs) + 1);
          run.click();
        }
      }, 5);
    }, MOST_RUNS);
    const runs = () => page.evaluate(() => Number(document.documentElement.dataset.runs));
    await ready.waitFor({ timeout: 120_000 });
    // Which was between two of them.
    expect(await runs()).toBeLessThan(MOST_RUNS);
    await page.evaluate(() => {
      document.documentElement.dataset.over = 'true';
    });
    await visit.ended();
    await server.close();
    await page.reload();
    expect(idsOf(await visit.run(PROMPT))).toEqual(idsOf(first));
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it('leaves a conversation what it has in the caches', async () => {
    const server = await FaultyServer.start(BUILT);
    const visit = await Visit.open(browser, `${server.url}#conversation`, false, 'cpu');
    const { page } = visit;
    const say = async (question: string, number: number) => {
      await page.getByRole('textbox', { name: 'Your turn' }).fill(question);
      await page.keyboard.press('Enter');
      await page
        .getByRole('status')
        .filter({ hasText: `Turn ${number}:` })
        .waitFor();
    };
    await say('Tell me a story about a fox.', 1);
    // Measured once nobody has asked for anything for a while, and kept for the next visit.
    const measured = () => page.evaluate(() => localStorage.getItem('foretoken.calibrations') ?? '');
    expect(await measured()).not.toContain('verifyMs');
    await expect.poll(measured, { timeout: 60_000 }).toContain('verifyMs');
    await say('Count from 3 to 9.', 2);
    const [, reused = '0', prompt = '0'] =
      /([\d,]+) of ([\d,]+) tokens/.exec((await page.getByRole('listitem', { name: 'Turn 2' }).textContent()) ?? '') ?? [];
    expect(Number(reused)).toBeGreaterThan(Number(prompt) / 2);
    await visit.close();
    await server.close();
  });
});
