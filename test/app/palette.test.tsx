import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ACTIONS } from '../../src/actions/registry';
import { VIEWS } from '../../src/app/views';
import { occupy } from '../../src/store/engine/work';
import { useChosenSetting } from '../../src/store/run/chosenSetting';
import { useRun } from '../../src/store/run/run';
import { useSettings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt, runToEnd, untilIdle } from './support/openPage';
import { recordedFile } from './support/recordings';
import { showView } from './support/views';

const dialog = () => page.getByRole('dialog', { name: 'Search the page' });
const field = () => page.getByRole('combobox', { name: 'Search the page' });
const options = () => page.getByRole('listbox', { name: 'Results' }).getByRole('option').elements();
const active = () => document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? '');

async function openSearch(): Promise<void> {
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.element(field()).toHaveFocus();
}

describe('the command palette', () => {
  it('has every action and every view but the one that is shown, each with its shortcut', async () => {
    await openPage();
    await openSearch();
    const labels = options().map((option) => option.firstElementChild?.textContent);
    for (const { label } of ACTIONS) expect(labels).toContain(label);
    for (const { label } of VIEWS.slice(1)) expect(labels).toContain(label);
    const run = page.getByRole('option', { name: /^Run (Ctrl|⌘)\+Enter$/ });
    await expect.element(run).toHaveTextContent(/(Ctrl|⌘)\+Enter/);
    await expect.element(run).toHaveAttribute('aria-keyshortcuts', expect.stringMatching(/(Control|Meta)\+Enter/));
  });

  it('is searched, walked through and used by keys, and gives the focus back', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await openSearch();
    await userEvent.keyboard('theme');
    expect(options().map((option) => option.textContent)).toHaveLength(3);
    await expect.element(page.getByRole('status').filter({ hasText: '3 results.' })).toBeInTheDocument();
    const first = active();
    expect(first?.getAttribute('aria-selected')).toBe('true');
    await userEvent.keyboard('{ArrowDown}');
    expect(active()).not.toBe(first);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(active()).toBe(first);
    await userEvent.keyboard('{Control>}a{/Control}dark{Enter}');
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(document.documentElement.dataset.theme).toBe('dark');
    await expect.element(prompt()).toHaveFocus();
    await openSearch();
    await userEvent.keyboard('run{Enter}');
    await untilIdle();
    expect(useRun.getState().events.length).toBeGreaterThan(2);
  });

  it.each([
    ['half precision', /^Keys and values in the cache/],
    ['memory', /^Keys and values in the cache/],
    ['cache', /^Keys and values in the cache/],
    ['mirror', /^Where published models come from/],
    ['graphics card', /^Computed by/],
  ])('finds by “%s” a setting of this browser', async (asked, name) => {
    await openPage();
    await openSearch();
    await userEvent.keyboard(asked);
    await expect.element(page.getByRole('group', { name: 'Settings' }).getByRole('option', { name })).toBeInTheDocument();
  });

  it('leads to such a setting, which has the focus', async () => {
    onTestFinished(() => {
      location.hash = '';
    });
    await openPage();
    await openSearch();
    await userEvent.keyboard('computed by{Enter}');
    await expect.poll(() => document.activeElement?.closest('fieldset')?.textContent).toContain('Computed by');
    await openSearch();
    await userEvent.keyboard('published models come{Enter}');
    await expect.element(page.getByLabelText(/^Address of a mirror/)).toHaveFocus();
  });

  it('leads to the card of a target whose caches are no choice, once, and unfolds nothing elsewhere', async () => {
    onTestFinished(() => {
      location.hash = '';
    });
    await openPage({ settings: { allSettings: false } });
    await openSearch();
    await userEvent.keyboard('keys and values{Enter}');
    await expect.element(page.getByRole('heading', { name: 'Fake pair', exact: true })).toHaveFocus();
    expect(page.getByRole('combobox', { name: /^Keys and values/ }).elements()).toEqual([]);
    expect([useChosenSetting.getState().name, useSettings.getState().allSettings]).toEqual([null, false]);
  });

  it('finds an example, which fills the prompt and waits there', async () => {
    await openPage();
    await openSearch();
    await userEvent.keyboard('counting{Enter}');
    await expect.element(prompt()).toHaveFocus();
    expect(useSettings.getState().prompt).toBe('Count from 1 to 30.');
  });

  it('takes of an example what its button takes: a hard one the weak draft and its temperature', async () => {
    await openPage();
    await openSearch();
    await userEvent.keyboard('random words');
    await expect.element(page.getByRole('option', { name: 'Random words' })).toHaveTextContent('weak draft and temperature 0.8');
    await userEvent.keyboard('{Enter}');
    expect(useSettings.getState()).toMatchObject({ draft: 'weak-draft', temperature: 0.8, prompt: 'Write 30 random words.' });
  });

  it('finds a setting, opens what it is folded in and gives it the focus, from any view', async () => {
    await openPage({ settings: { allSettings: false } });
    await showView('learn');
    for (const [query, name] of [
      ['temperature', 'Temperature'],
      ['most tok', 'Most tokens'],
    ] as const) {
      await openSearch();
      await userEvent.keyboard(`${query}{Enter}`);
      await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
      await expect.element(page.getByRole('spinbutton', { name })).toHaveFocus();
    }
    await openSearch();
    await userEvent.keyboard('verify rule{Enter}');
    // It has no effect at temperature 0: the line that opens the settings is as near as one comes.
    await expect.poll(() => document.activeElement?.tagName).toBe('SUMMARY');
  });

  it('finds lessons by title and summary, and words of the field by any of their forms', async () => {
    await openPage();
    await openSearch();
    await userEvent.keyboard('intern and the{Enter}');
    expect(location.hash).toBe('#learn/premise');
    await showView('learn');
    await openSearch();
    await userEvent.keyboard('residual distribution');
    await expect.poll(() => active()?.textContent).toContain('Residual');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => location.hash).toMatch(/^#learn\/words\/residual/);
    await expect.poll(() => document.activeElement?.textContent).toMatch(/^Residual/);
  });

  it('finds a recording and opens it', async () => {
    await openPage();
    vi.mocked(fetch).mockImplementation(async (url) => recordedFile(String(url)));
    await showView('learn');
    await openSearch();
    await userEvent.keyboard('thirty');
    await expect.poll(() => active()?.textContent).toContain('Counting to thirty');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
    await expect.element(page.getByText('Counting to thirty')).toBeInTheDocument();
  });

  it('goes to a view, and to the view of an action that is elsewhere', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await openSearch();
    await userEvent.keyboard('next rej{Enter}');
    await expect.element(page.getByRole('link', { name: 'Step' })).toHaveAttribute('aria-current', 'page');
    await openSearch();
    await userEvent.keyboard('watch{Enter}');
    await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
    await showView('watch');
  });

  it('shows unavailable actions as such, and does not run them', async () => {
    await openPage();
    await openSearch();
    await userEvent.keyboard('stop');
    await expect.element(page.getByRole('option', { name: /^Stop/ })).toHaveAttribute('aria-disabled', 'true');
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog()).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();
  });

  it('says so when nothing is called that, whatever is typed', async () => {
    await openPage();
    await openSearch();
    await field().fill('<b>\u202ezebra');
    await expect.element(page.getByRole('status').filter({ hasText: /^Nothing is called/ })).toBeInTheDocument();
    expect(options()).toEqual([]);
    await userEvent.keyboard('{ArrowDown}{Enter}{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();
  });

  it('keeps the keys of the page from acting behind it', async () => {
    const engine = await openPage();
    engine.options.hold = 2;
    await prompt().fill('A fox.');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => useRun.getState().events.length).toBeGreaterThan(2);
    await openSearch();
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(useRun.getState().activity).toBe('running');
    await userEvent.keyboard('{Escape}');
    await untilIdle();
  });

  it.each(['light', 'dark'])('has nothing that axe finds, at two sizes, in the %s theme', async (theme) => {
    await openPage();
    document.documentElement.dataset.theme = theme;
    for (const [width, height] of [
      [1280, 800],
      [360, 740],
    ] as const) {
      await page.viewport(width, height);
      await openSearch();
      expect(await violations(theme)).toEqual([]);
      expect(fitsTheWidth()).toBe(true);
      await userEvent.keyboard('{Escape}');
    }
  });
});

describe('the list of shortcuts', () => {
  it('opens with a question mark, has every key of the registry, and closes', async () => {
    await openPage();
    await userEvent.keyboard('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect.element(help).toBeInTheDocument();
    for (const { label, keys } of ACTIONS) {
      if (keys.length > 0) expect(help.element().textContent).toContain(label);
    }
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.element(help).not.toBeInTheDocument();
  });

  it('leaves a question mark that is typed where it is typed', async () => {
    await openPage();
    await prompt().click();
    await userEvent.keyboard('Why?');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    expect(useSettings.getState().prompt).toBe('Why?');
  });
});

describe('settings', () => {
  it('are reset except the prompt, and the reset is undone by a key', async () => {
    await openPage({ settings: { gamma: 9, mode: 'plain', prompt: 'A fox.' } });
    await page.getByRole('button', { name: 'Reset settings' }).click();
    expect(useSettings.getState()).toMatchObject({ gamma: 4, mode: 'speculative', prompt: 'A fox.' });
    await expect.element(page.getByRole('status').filter({ hasText: 'The settings are reset.' })).toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: 'Reset settings' })).toHaveAttribute('aria-disabled', 'true');
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(useSettings.getState()).toMatchObject({ gamma: 9, mode: 'plain', prompt: 'A fox.' });
    await expect.element(page.getByText('The settings are reset.')).not.toBeInTheDocument();
  });

  it('are not reset while the models are at work, nor is a reset undone, which waits', async () => {
    await openPage({ settings: { gamma: 9 } });
    const reset = page.getByRole('button', { name: 'Reset settings' });
    const { promise, resolve: release } = Promise.withResolvers<void>();
    await reset.click();
    const work = occupy('race', () => promise);
    onTestFinished(() => release());
    useSettings.setState({ gamma: 8 });
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(page.getByRole('status').filter({ hasText: 'The models are busy; Esc stops them.' })).toBeInTheDocument();
    expect(useSettings.getState().gamma).toBe(8);
    release();
    await work;
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(useSettings.getState().gamma).toBe(9);
  });

  it('are not to be reset where they are those of a first visit, and have a draft after a reset', async () => {
    await openPage();
    const draft = page.getByRole('radio', { name: 'Good draft' });
    const reset = page.getByRole('button', { name: 'Reset settings' });
    await expect.element(draft).toBeChecked();
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
    await page.getByText('Weak draft', { exact: true }).click();
    await reset.click();
    await expect.element(draft).toBeChecked();
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
  });

  it('of a newer version are replaced only when a person says so, and come back by undo', async () => {
    const newer = '{"state":{"mode":"plain","tempo":"allegro"},"version":9}';
    await openPage();
    localStorage.setItem('foretoken.settings', newer);
    await useSettings.persist.rehydrate();
    await expect.element(page.getByText(/^A newer version of this page/)).toBeInTheDocument();
    await page.getByText('Plain decoding', { exact: true }).click();
    expect(localStorage.getItem('foretoken.settings')).toBe(newer);
    await page.getByRole('button', { name: 'Replace the newer settings' }).click();
    await page.getByText('Speculative', { exact: true }).click();
    expect(localStorage.getItem('foretoken.settings')).toContain('"version":1');
    await page.getByRole('button', { name: /^Undo/ }).click();
    expect(localStorage.getItem('foretoken.settings')).toBe(newer);
    await page.getByRole('button', { name: 'Replace the newer settings' }).click();
  });
});
