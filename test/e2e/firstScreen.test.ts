import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { servedBuild } from './support/served';

const served = servedBuild();

/** A first visit whose window has this size; its recorded run stands there whole, as for someone who wants less motion. */
async function visit(width: number, height: number): Promise<Page> {
  const context = await served.browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(served.server.url);
  await page.getByRole('log').locator('[data-token-id]').first().waitFor();
  return page;
}

const top = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())?.y ?? Number.NaN;
const scrolled = (page: Page) => page.evaluate(() => Math.round(scrollY));

describe('the first screen of the built page', () => {
  it('shows a token above y = 420 and the whole method at 1280 × 720, before any model is there', async () => {
    served.server.break('models/target/resolve/main/params_shard_0.bin', 'held');
    const page = await visit(1280, 720);
    expect(await top(page, '[role="log"] [data-token-id]')).toBeLessThan(420);
    const idea = await page.getByRole('figure').filter({ hasText: 'The idea in three steps' }).boundingBox();
    expect((idea?.y ?? 0) + (idea?.height ?? Number.NaN)).toBeLessThanOrEqual(720);
    served.server.release();
    await page.context().close();
    served.server.repair();
  });

  it('has one press from a phone’s first screen to the prompt', async () => {
    const page = await visit(390, 844);
    const button = page.getByRole('button', { name: 'Ask the models yourself' });
    expect((await button.boundingBox())?.y).toBeLessThan(400);
    await button.click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('prompt');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? Infinity)).toBeLessThan(844);
    await page.setViewportSize({ width: 1280, height: 720 });
    expect(await button.isVisible()).toBe(false);
    await page.context().close();
  });

  it.each([
    [1280, 720],
    [390, 844],
  ])('at %i × %i scrolls as one, wherever the wheel is turned', async (width, height) => {
    const page = await visit(width, height);
    const areas = ['header', 'nav.views', '.page-lead', '[role="log"]', '.recording-note', '.idea', '.area-prompt', '.area-side'];
    for (const area of areas) {
      await page.evaluate(() => scrollTo(0, 0));
      const target = page.locator(area).first();
      await target.scrollIntoViewIfNeeded();
      const before = await scrolled(page);
      const end = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      // Upwards where there is no further down.
      const by = before < end - 60 ? 60 : -60;
      await target.hover({ position: { x: 12, y: 8 } });
      const hovered = await scrolled(page);
      await page.mouse.wheel(0, by);
      await expect.poll(() => scrolled(page), { message: area }).toBe(hovered + by);
    }
    await page.context().close();
  });
});
