import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { VIEWS } from '../../src/app/views';
import { useRemembered } from '../../src/store/page/remembered';
import { useTheme } from '../../src/store/page/theme';
import { changeSettings, DEFAULT_SETTINGS, useSettings } from '../../src/store/run/settings';
import { openPage } from './support/openPage';

afterEach(() => {
  history.replaceState(null, '', '#');
  dispatchEvent(new HashChangeEvent('hashchange'));
});

const header = () => document.querySelector('header') as HTMLElement;
const paper = () => getComputedStyle(document.documentElement).backgroundColor;

describe('the head of the page', () => {
  it.each([360, 390, 768, 1280, 1440])('has one row of links, of one height in every view, at %i px', async (width) => {
    await page.viewport(width, 740);
    await openPage();
    const heights = new Set<number>();
    for (const { id, label } of VIEWS) {
      location.hash = id;
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: label, exact: true });
      await expect.element(link).toHaveAttribute('aria-current', 'page');
      heights.add(header().offsetHeight);
      const frame = link.element().getBoundingClientRect();
      expect(frame.left).toBeGreaterThanOrEqual(0);
      await expect.poll(() => link.element().getBoundingClientRect().right).toBeLessThanOrEqual(width);
    }
    expect(heights.size).toBe(1);
    const tops = page.getByRole('navigation', { name: 'Views' }).getByRole('link').elements();
    expect(new Set(tops.map((link) => link.getBoundingClientRect().top)).size).toBe(1);
  });

  it('groups the views and names the window after the one that is shown', async () => {
    await openPage();
    await expect.element(page.getByRole('list', { name: 'See' }).getByRole('link', { name: 'Step' })).toBeInTheDocument();
    expect(document.title).toBe('Foretoken');
    await page.getByRole('link', { name: 'Step' }).click();
    await expect.poll(() => document.title).toBe('Step · Foretoken');
  });

  it('is passed by a button that the keyboard meets first', async () => {
    await openPage();
    await userEvent.keyboard('{Tab}');
    await expect.element(page.getByRole('button', { name: 'To the content' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement?.tagName).toBe('MAIN');
    await userEvent.keyboard('{Tab}');
    // The run stands first, and what can be done with it; Stop is none of that while nothing runs.
    await expect.element(page.getByRole('button', { name: 'Recordings' })).toHaveFocus();
  });
});

describe('the theme', () => {
  it('is chosen, remembered and taken back', async () => {
    await openPage();
    const theme = page.getByLabelText('Theme');
    await theme.selectOptions('Dark');
    expect(paper()).toBe('rgb(22, 24, 28)');
    const stored = localStorage.getItem('foretoken.theme') ?? '';
    await theme.selectOptions('Light');
    expect(paper()).toBe('rgb(251, 250, 246)');
    localStorage.setItem('foretoken.theme', stored);
    await useTheme.persist.rehydrate();
    expect(paper()).toBe('rgb(22, 24, 28)');
    await theme.selectOptions('System');
    expect(document.documentElement.hasAttribute('data-theme')).toBe(false);
  });

  it('falls back to the system’s if the stored one is invalid', async () => {
    await openPage();
    for (const stored of ['{', '{"state":{"theme":"pink"},"version":1}', '{"version":1}']) {
      localStorage.setItem('foretoken.theme', stored);
      useTheme.setState({ theme: 'dark' });
      useTheme.setState(useTheme.getInitialState());
      localStorage.setItem('foretoken.theme', stored);
      await useTheme.persist.rehydrate();
      expect(useTheme.getState().theme).toBe('system');
    }
  });
});

describe('what a newer version of the page has stored', () => {
  const newer = '{"state":{"mode":"plain","tempo":"allegro"},"version":9}';

  it('is neither used nor replaced', async () => {
    await openPage();
    await expect.poll(() => useSettings.getState().draft).toBe('draft');
    localStorage.setItem('foretoken.settings', newer);
    await useSettings.persist.rehydrate();
    expect(useSettings.getState()).toMatchObject({
      ...DEFAULT_SETTINGS,
      adaptive: false,
      allSettings: true,
      target: 'target',
      draft: 'draft',
    });
    expect(useRemembered.getState().newer).toEqual(['foretoken.settings']);
    changeSettings({ gamma: 7 });
    expect(localStorage.getItem('foretoken.settings')).toBe(newer);
    localStorage.clear();
    changeSettings({ gamma: 8 });
    expect(localStorage.getItem('foretoken.settings')).toContain('"gamma":8');
    expect(useRemembered.getState().newer).toEqual([]);
  });
});
