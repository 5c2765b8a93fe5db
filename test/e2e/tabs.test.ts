import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { Visit } from './support/page';
import { servedBuild } from './support/served';

const served = servedBuild();

/** Begins the presentation in `visit`, goes to its second item, and opens the notes there. */
async function present({ page }: Visit): Promise<Page> {
  await page.getByRole('button', { name: 'Present', exact: true }).click();
  await place(page).waitFor();
  await page.keyboard.press('PageDown');
  await page.getByRole('region', { name: 'Presentation' }).waitFor();
  const [notes] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('w')]);
  await notes.getByRole('heading', { level: 2 }).waitFor();
  return notes;
}

const place = (page: Page) => page.getByText(/^\d+ \/ \d+$/).first();
const forward = (notes: Page) => notes.getByRole('button', { name: 'Next', exact: true }).click();

describe('two tabs that present', () => {
  it('have notes of their own, a copy of a tab too, and keep them over a reload', async () => {
    const one = await Visit.open(served.browser, `${served.server.url}#present`, false, 'cpu');
    const copied = await one.page.evaluate(() => ({ ...sessionStorage }));
    const notesOfOne = await present(one);
    const session = await one.page.evaluate(() => ({ ...sessionStorage }));
    const two = await one.alsoOpen(served.server.url);
    await two.page.evaluate((all) => Object.assign(sessionStorage, all), {
      ...copied,
      'foretoken.tabIdentity': session['foretoken.tabIdentity'] ?? '',
    });
    await two.page.goto(`${served.server.url}#present`);
    await two.page.reload();
    const notesOfTwo = await present(two);
    const shown = async () => Promise.all([one.page, two.page, notesOfOne, notesOfTwo].map((each) => place(each).textContent()));
    const [first] = await shown();
    const at = (position: number) => (first ?? '').replace(/^\d+/, String(position));
    expect(await shown()).toEqual([at(2), at(2), at(2), at(2)]);
    await forward(notesOfOne);
    await expect.poll(shown).toEqual([at(3), at(2), at(3), at(2)]);
    await forward(notesOfTwo);
    await forward(notesOfTwo);
    await expect.poll(shown).toEqual([at(3), at(4), at(3), at(4)]);
    await one.page.reload();
    await place(one.page).waitFor();
    await forward(notesOfOne);
    await expect.poll(shown).toEqual([at(4), at(4), at(4), at(4)]);
    await forward(notesOfOne);
    await expect.poll(shown).toEqual([at(5), at(4), at(5), at(4)]);
    expect([...one.uncaught, ...two.uncaught]).toEqual([]);
    await one.close();
  });
});
