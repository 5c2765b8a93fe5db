import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { decodeTrace } from '../../src/formats/trace/trace';
import sampled from '../../src/lessons/recorded/sampled.json';
import { hideOfflinePanel, showOfflinePanel } from '../../src/store/offline/offline';
import { showTrace } from '../../src/store/recordings/recording';
import { openShare } from '../../src/store/recordings/share';
import { startRun, useRun } from '../../src/store/run/run';
import { changeSettings } from '../../src/store/run/settings';
import { fitsTheWidth } from './support/accessible';
import { emulateMedia } from './support/media';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const element = (selector: string): Element => {
  const found = document.querySelector(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return found;
};
const style = (selector: string) => getComputedStyle(element(selector));

/** What a system colour is here. */
function systemColour(name: string): string {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.cssText = `color: ${name}; forced-color-adjust: none`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

async function ask(): Promise<void> {
  changeSettings({ prompt: 'A fox.', maxTokens: 60, temperature: 1 });
  await startRun();
}

describe('in colours that the system forces', () => {
  beforeEach(() => emulateMedia('', { 'forced-colors': 'active' }));
  afterEach(() => emulateMedia(''));

  it('the view that is shown is marked in the head, and no other', async () => {
    await openPage();
    await showView('race');
    const bottom = (selector: string) => style(`.views ${selector}`).borderBottomColor;
    expect(bottom('a[aria-current]')).toBe(systemColour('Highlight'));
    expect(bottom('a:not([aria-current])')).toBe(systemColour('Canvas'));
  });

  it('the steps of a round show their bars, the draw, the column and the line of the algorithm that are current', async () => {
    await openPage();
    showTrace(decodeTrace(sampled));
    await showView('step');
    const canvas = systemColour('Canvas');
    // The first drafted round, and on until a draft is judged.
    for (let presses = 0; presses < 40 && !document.querySelector('.test u'); presses++) await userEvent.keyboard('{ArrowRight}');
    for (const bar of ['.bar-p', '.bar-q', '.test u', '.test i']) {
      expect(style(`.stepper ${bar}`).backgroundColor, bar).not.toBe(canvas);
      expect(style(`.stepper ${bar}`).backgroundColor, bar).not.toBe('rgba(0, 0, 0, 0)');
    }
    expect(style('.column[data-now]').outlineColor).toBe(systemColour('Highlight'));
    expect(style('.algorithm [aria-current]').borderInlineStartColor).toBe(systemColour('Highlight'));
    expect(style('.algorithm li:not([aria-current])').borderInlineStartColor).toBe(canvas);
  });

  it('a token’s card shows its bars, and the token that it is about', async () => {
    await openPage();
    showTrace(decodeTrace(sampled));
    await expect.element(page.getByRole('log')).toBeInTheDocument();
    await userEvent.hover(element('[role="log"] [data-verdict="accepted"]'));
    await expect.poll(() => document.querySelector('.token-card .candidate-bar i')).not.toBeNull();
    expect(style('.token-card .candidate-bar i').backgroundColor).toBe(systemColour('CanvasText'));
    expect(style('[role="log"] .token:hover').outlineColor).toBe(systemColour('Highlight'));
  });

  it('a question of the quiz shows what is chosen, and what was right', async () => {
    await openPage();
    await showView('learn');
    location.hash = '#learn/quiz';
    const right = () => document.querySelector('.quiz [data-right="true"]:is(label, li, .quiz-token)');
    await page.getByRole('button', { name: 'Begin' }).click();
    await expect.poll(() => document.querySelector('.quiz-progress')).not.toBeNull();
    expect(style('.quiz-progress').borderTopColor).toBe(systemColour('CanvasText'));
    for (let press = 0; press < 10 && !right(); press++) {
      const number = document.querySelector<HTMLElement>('.quiz-number input:enabled');
      if (number) await userEvent.fill(number, '1');
      document.querySelector<HTMLElement>('.quiz :is(.quiz-options input, .quiz-token)')?.click();
      await page.getByRole('button', { name: /^(Check|Next question)$/ }).click();
    }
    expect(getComputedStyle(right() as Element).borderInlineStartColor).toBe(systemColour('Highlight'));
  });

  it('the run of the history that stands on the page is marked, and no other', async () => {
    await openPage();
    await ask();
    await ask();
    await showView('history');
    await expect.poll(() => document.querySelectorAll('.history-entry').length).toBe(2);
    expect(style('.history-entry[aria-current]').borderInlineStartColor).toBe(systemColour('Highlight'));
    expect(style('.history-entry:not([aria-current])').borderInlineStartColor).toBe(systemColour('Canvas'));
  });
});

describe('a dialog', () => {
  it.each([
    ['of the share', openShare],
    ['of the storage', showOfflinePanel],
  ])('%s covers the whole window, and what is behind it stays where it is', async (_, open) => {
    await openPage();
    await ask();
    expect(useRun.getState().events.length).toBeGreaterThan(0);
    onTestFinished(hideOfflinePanel);
    const before = element('main').getBoundingClientRect();
    await open();
    await expect.poll(() => document.querySelector(':modal')).not.toBeNull();
    const root = getComputedStyle(document.documentElement);
    expect([root.scrollbarGutter, root.overflow]).toEqual(['auto', 'hidden']);
    expect(element('main').getBoundingClientRect().width).toBe(before.width);
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => document.querySelector(':modal')).toBeNull();
    expect(getComputedStyle(document.documentElement).scrollbarGutter).toBe('stable');
  });
});

describe('a table of trials', () => {
  it('is whole at 1280 px, and scrolls within itself at twice the size', async () => {
    const engine = await openPage();
    engine.options.pace = 0;
    await page.viewport(1280, 720);
    await showView('learn');
    location.hash = '#learn/choosing';
    const button = page.getByRole('button', { name: /^Run all/ }).first();
    await expect.element(button).toBeInTheDocument();
    await button.click();
    await expect.element(page.getByText('Done.').first(), { timeout: 60_000 }).toBeInTheDocument();
    const tables = () => [...document.querySelectorAll('.live-table')];
    for (const table of tables()) expect(table.scrollWidth).toBeLessThanOrEqual(table.clientWidth);
    await page.viewport(640, 360);
    expect(fitsTheWidth()).toBe(true);
    for (const table of tables()) {
      expect(getComputedStyle(table).overflowX).toBe('auto');
      expect(table).toHaveAttribute('tabindex', '0');
    }
  });
});
