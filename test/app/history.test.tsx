import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { overflowing } from '../../src/store/recordings/archive';
import { openBrowserArchive } from '../../src/store/recordings/browserArchive';
import { HISTORY_LIMITS, keepHistory, useHistory } from '../../src/store/recordings/history';
import { useRun } from '../../src/store/run/run';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt, runToEnd } from './support/openPage';
import { showView } from './support/views';

const items = () => page.getByRole('region', { name: 'History' }).getByRole('listitem').elements();
const entries = () => useHistory.getState().entries;

/** The page with the browser's own history, empty. */
async function openWithHistory(): Promise<void> {
  await openPage();
  await reopen();
}

/** As after a reload: what is kept is read again. */
async function reopen(): Promise<void> {
  const leave = keepHistory();
  onTestFinished(leave);
  await expect.poll(() => useHistory.getState().keeps).not.toBe('opening');
}

async function runs(...prompts: readonly string[]): Promise<void> {
  for (const text of prompts) {
    const before = entries().length;
    await prompt().fill(text);
    await runToEnd();
    await expect.poll(() => entries().length).toBe(before + 1);
  }
}

beforeEach(async () => {
  const archive = await openBrowserArchive();
  await archive.remove((await archive.list()).map(({ id }) => id));
});

describe('the history', () => {
  it('keeps every run that ends, over a reload, and shows what it was and how it went', async () => {
    await openWithHistory();
    await runs('A fox.', 'A bell.');
    const [latest] = useHistory.getState().entries;
    await reopen();
    expect(entries().map(({ summary }) => summary.prompt)).toEqual(['A bell.', 'A fox.']);
    await showView('history');
    await expect.poll(() => items().length).toBe(2);
    const [first] = items();
    expect(first?.textContent).toContain('A bell.');
    expect(first?.textContent).toContain('Speculative: draft, γ 4');
    expect(first?.textContent).toContain(`${Math.round((latest?.summary.acceptanceRate ?? 0) * 100)}%`);
    expect(first?.textContent).toContain(latest?.summary.tokensPerSecond?.toFixed(1));
    await expect.element(page.getByText(/^2 of at most 100 runs/)).toBeInTheDocument();
  });

  it('opens a run on the page as it was', async () => {
    await openWithHistory();
    await runs('A fox.', 'A bell.');
    const [, fox] = entries();
    const events = useRun.getState().events;
    await reopen();
    await showView('history');
    await page.getByRole('button', { name: 'Open “A fox.”' }).click();
    await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
    const [start] = useRun.getState().events;
    expect(start?.type === 'start' && start.prompt).toBe('A fox.');
    expect(useRun.getState().events).not.toBe(events);
    expect(entries().find(({ id }) => id === fox?.id)).toBeDefined();
  });

  it('shows and opens the other runs where the pinned one cannot be read', async () => {
    await openWithHistory();
    await runs('A fox.', 'A bell.');
    const [bell] = entries();
    if (!bell) throw new Error('no run was kept');
    const archive = await openBrowserArchive();
    await archive.add({ ...bell, pinned: true }, '{"format":"foretoken-trace","version":99}', HISTORY_LIMITS);
    await reopen();
    await showView('history');
    await page.getByRole('button', { name: 'Open “A fox.”' }).click();
    await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
    expect(useHistory.getState()).toMatchObject({ keeps: 'browser', failure: null, pinned: null });
  });

  it('deletes one run and all of them, each with a way back', async () => {
    await openWithHistory();
    await runs('A fox.', 'A bell.', 'An oak.');
    await showView('history');
    await page.getByRole('button', { name: 'Delete “A bell.”' }).click();
    await expect.poll(() => items().length).toBe(2);
    await expect.element(page.getByRole('button', { name: 'Delete “A fox.”' })).toHaveFocus();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect
      .poll(() => items().map((item) => item.querySelector('.history-prompt')?.textContent))
      .toEqual(['An oak.', 'A bell.', 'A fox.']);
    await page.getByRole('button', { name: 'Clear history' }).click();
    await expect.poll(() => items().length).toBe(0);
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.poll(() => items().length).toBe(3);
    await reopen();
    expect(entries()).toHaveLength(3);
  });

  it('works by keys alone', async () => {
    await openWithHistory();
    await runs('A fox.');
    await showView('history');
    page.getByRole('button', { name: 'Open “A fox.”' }).element().focus();
    await userEvent.keyboard('{Tab}{Enter}');
    await expect.poll(() => useHistory.getState().pinned).not.toBeNull();
    await userEvent.keyboard('{Tab}{Enter}');
    await expect.poll(() => items().length).toBe(0);
    expect(useHistory.getState().pinned).toBeNull();
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.poll(() => items().length).toBe(1);
    expect(useHistory.getState().pinned).not.toBeNull();
  });

  it('is bounded: the oldest that is not pinned goes first', () => {
    const entry = (id: string, at: number, bytes: number, pinned = false) => ({ id, at, bytes, pinned, summary: {} as never });
    const others = [entry('c', 3, 10), entry('a', 1, 10, true), entry('b', 2, 10)];
    expect(overflowing(others, entry('d', 4, 10), { runs: 4, bytes: 100 })).toEqual([]);
    expect(overflowing(others, entry('d', 4, 10), { runs: 3, bytes: 100 })).toEqual(['b']);
    expect(overflowing(others, entry('d', 4, 10), { runs: 9, bytes: 20 })).toEqual(['b', 'c']);
    expect(overflowing(others, entry('d', 4, 99), { runs: 1, bytes: 1 })).toEqual(['b', 'c']);
    expect(HISTORY_LIMITS.runs).toBe(100);
  });

  it('lasts until the page is closed where the browser keeps nothing, and says so', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('A private window.', 'SecurityError');
    });
    await openWithHistory();
    await runs('A fox.');
    await showView('history');
    await expect.element(page.getByText(/^This browser keeps no history for this page/)).toBeInTheDocument();
    await page.getByRole('button', { name: 'Open “A fox.”' }).click();
    await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
  });

  it('is left alone where a newer version of the page keeps it', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('The requested version is less.', 'VersionError');
    });
    await openWithHistory();
    await showView('history');
    await expect.element(page.getByText(/^A newer version of this page keeps its history/)).toBeInTheDocument();
  });

  it('loses nothing on a full disk: what was there stays, and the new run lasts until the page is closed', async () => {
    await openWithHistory();
    await runs('A fox.');
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    });
    await runs('A bell.');
    await showView('history');
    await expect.element(page.getByText(/its storage may be full/)).toBeInTheDocument();
    expect(items().map((item) => item.textContent?.includes('until the page is closed'))).toEqual([true, false]);
    await page.getByRole('button', { name: 'Open “A bell.”' }).click();
    await expect.element(page.getByRole('link', { name: 'Watch' })).toHaveAttribute('aria-current', 'page');
    put.mockRestore();
    await reopen();
    expect(entries().map(({ summary }) => summary.prompt)).toEqual(['A fox.']);
  });

  it('says so when a run cannot be read back, and keeps the page as it is', async () => {
    await openWithHistory();
    await runs('A fox.');
    const events = useRun.getState().events;
    const archive = await openBrowserArchive();
    const [entry] = await archive.list();
    if (entry) await archive.add(entry, '{"format":"foretoken-trace","version":1,"about":{}}', HISTORY_LIMITS);
    await reopen();
    await showView('history');
    await page.getByRole('button', { name: 'Open “A fox.”' }).click();
    await expect.element(page.getByRole('status').filter({ hasText: /^This recording cannot be used/ })).toBeInTheDocument();
    expect(useRun.getState().events).toBe(events);
  });
});

describe('a pinned run', () => {
  it('appears next to the next one: what changed, both texts, both counts', async () => {
    await openWithHistory();
    await runs('A fox.');
    await page.getByRole('button', { name: 'Pin run' }).click();
    await expect.element(page.getByRole('status').filter({ hasText: /^The run is pinned/ })).toBeInTheDocument();
    await page.getByLabelText('Draft length γ').fill('9');
    await runs('A bell.');
    await showView('history');
    const pinned = page.getByRole('region', { name: 'Pinned run and the run on the page' });
    for (const term of ['Prompt', 'Draft length γ']) await expect.element(pinned.getByText(term, { exact: true })).toBeInTheDocument();
    await expect.element(pinned.getByText('What changed')).toBeInTheDocument();
    expect(pinned.element().querySelectorAll('.changes dt')).toHaveLength(2);
    await expect.element(pinned.getByRole('row', { name: /^Acceptance rate α \d+% \d+%$/ })).toBeInTheDocument();
    await expect.element(pinned.getByRole('article', { name: 'On the page' })).toBeInTheDocument();
    await reopen();
    await expect.poll(() => useHistory.getState().pinned).not.toBeNull();
    await page.getByRole('button', { name: 'Unpin', exact: true }).click();
    await expect.element(pinned).not.toBeInTheDocument();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.element(pinned).toBeInTheDocument();
  });

  it('of the same question has the same text under another draft length, and says so', async () => {
    await openWithHistory();
    await runs('A fox.');
    await userEvent.keyboard('{Escape}');
    (document.activeElement as HTMLElement | null)?.blur();
    await userEvent.keyboard('p');
    await expect.poll(() => useHistory.getState().pinned).not.toBeNull();
    await page.getByLabelText('Draft length γ').fill('2');
    await runs('A fox.');
    await showView('history');
    await expect.element(page.getByText(/^Both texts are the same: 160 tokens\.$/)).toBeInTheDocument();
  });
});

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  it('axe finds nothing with runs, a pin and a deletion, at two sizes', async () => {
    await openWithHistory();
    document.documentElement.dataset.theme = theme;
    await runs('A fox.');
    await page.getByRole('button', { name: 'Pin run' }).click();
    await runs('A bell.');
    await showView('history');
    await page.getByRole('button', { name: 'Delete “A bell.”' }).click();
    for (const [width, height] of [
      [1280, 800],
      [360, 740],
    ] as const) {
      await page.viewport(width, height);
      expect(await violations(theme)).toEqual([]);
      expect(fitsTheWidth()).toBe(true);
    }
  });
});
