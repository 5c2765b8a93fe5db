import { expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { usePresenter } from '../../src/store/present/presenter';
import { MANIFEST } from './support/manifest';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const SIZES = [
  [1280, 720],
  [1920, 1080],
  [1024, 768],
] as const;
const KEYS = ['-', '-', '+', '+', '+', '+'];

const area = () => document.querySelector<HTMLElement>('.stage-run') as HTMLElement;
const boxes = (selector: string) => [...area().querySelectorAll(selector)].map((element) => element.getBoundingClientRect());

/** Presents the recording of the library that is item `at` of the default playlist. */
async function present(at: number, name: string): Promise<void> {
  const trace: unknown = await (await fetch(`/traces/${name}.json`)).json();
  await openPage();
  vi.mocked(fetch).mockImplementation(async (url) => Response.json(String(url).includes('/traces/') ? trace : MANIFEST));
  await showView('present');
  onTestFinished(async () => {
    usePresenter.setState(usePresenter.getInitialState());
  });
  await page.getByRole('button', { name: `Present from here item ${at}`, exact: true }).click();
  await expect.poll(area).not.toBeNull();
}

it.each(['story-plain', 'story'])(
  'the stage shows every token of %s, the first line whole, on every projector and at every size',
  async (name) => {
    await page.viewport(1280, 720);
    await present(name === 'story' ? 3 : 2, name);
    await expect.poll(() => boxes('[data-token-id]').length).toBeGreaterThan(120);
    for (const [width, height] of SIZES) {
      await page.viewport(width, height);
      for (const key of KEYS) {
        await userEvent.keyboard(key);
        await expect.poll(() => area().scrollHeight - area().clientHeight).toBeLessThanOrEqual(0);
        const { top, bottom } = area().getBoundingClientRect();
        const tokens = boxes('[data-token-id]');
        expect(Math.min(...tokens.map((box) => box.top))).toBeGreaterThanOrEqual(top);
        expect(Math.max(...tokens.map((box) => box.bottom))).toBeLessThanOrEqual(bottom);
      }
      // Played, it grows within the same room.
      await userEvent.keyboard('--r');
      await expect.poll(() => boxes('[data-token-id]').length).toBeGreaterThan(20);
      expect(area().scrollTop).toBe(0);
    }
  },
);

it('the stage draws the bars of a round as wide as its columns, and shows the whole round', async () => {
  await page.viewport(1280, 720);
  await present(4, 'story-sampled');
  await userEvent.keyboard('{Shift>}{ArrowUp}{/Shift}{ArrowRight}');
  for (const [width, height] of SIZES) {
    await page.viewport(width, height);
    await expect.poll(() => area().scrollHeight - area().clientHeight).toBeLessThanOrEqual(0);
    const columns = boxes('.column');
    const bars = boxes('.distribution-bars');
    expect(columns.length).toBeGreaterThan(1);
    expect(bars.length).toBeGreaterThan(columns.length);
    for (const bar of bars) expect(bar.width).toBeGreaterThan(0.75 * (columns[0]?.width ?? Infinity));
    const numbers = boxes('.distributions th + td :is(span, small)');
    expect(numbers.length).toBeGreaterThan(bars.length);
    // Within their column, each of them.
    for (const number of numbers) expect(columns.some((column) => number.left >= column.left && number.right <= column.right)).toBe(true);
  }
});
