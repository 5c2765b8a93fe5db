import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { violations } from './support/accessible';
import { openPage, prompt, runToEnd, tokenElements } from './support/openPage';
import { showView } from './support/views';

describe.each(['light', 'dark'])('in the %s theme, axe finds nothing', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
  ])('at %i × %i, before a run, after one, at a failure and at a card', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    const engine = await openPage();
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    expect(await violations(theme)).toEqual([]);
    await prompt().fill('A fox.');
    await page.getByLabelText('Most tokens').fill('40');
    await runToEnd();
    expect(await violations(theme)).toEqual([]);
    tokenElements()[3]?.focus();
    await expect.element(page.getByRole('tooltip')).toBeInTheDocument();
    expect(await violations(theme)).toEqual([]);
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await page.getByText('Plain decoding', { exact: true }).click();
    await runToEnd();
    await page.getByLabelText('Most tokens').fill('0');
    expect(await violations(theme)).toEqual([]);
  });
});

describe('at any width', () => {
  it.each([360, 390, 768, 1280, 1920])('%i px hold the page without a sideways scroll', async (width) => {
    await page.viewport(width, 740);
    await openPage();
    const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    expect(fits()).toBe(true);
    await prompt().fill('A fox.');
    await page.getByLabelText('Draft length γ').fill('16');
    await runToEnd();
    expect(fits()).toBe(true);
  });

  it('320 px hold the playlist, and the head of the page without one part over another', async () => {
    await page.viewport(320, 700);
    await openPage();
    await showView('present');
    await expect.element(page.getByRole('button', { name: 'Notes window' })).toBeInTheDocument();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(document.documentElement.clientWidth);
    const search = document.querySelector('.search-button')?.getBoundingClientRect().left ?? 0;
    const title = document.createRange();
    title.selectNodeContents(document.querySelector('.page-header h1') as Element);
    expect(title.getBoundingClientRect().right).toBeLessThan(search);
  });
});
