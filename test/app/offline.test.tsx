import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useOffline, useOfflineMemory } from '../../src/store/offline/offline';
import { useShell } from '../../src/store/offline/shell';
import { restoreTab, useTab, watchTab } from '../../src/store/page/tab';
import { fitsTheWidth, violations } from './support/accessible';
import { MANIFEST } from './support/manifest';
import { log, openPage, prompt, runButton, runToEnd, stopButton, untilIdle } from './support/openPage';

const KEY = 'foretoken.tab';
/** SHA-256 of the one letter that every file of these models is. */
const OF_LETTER = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const file = (path: string) => ({ path, bytes: 1, sha256: OF_LETTER });

/** The pair with files of one byte, the drafts' library one and the same. */
const SMALL = {
  ...MANIFEST,
  models: Object.fromEntries(
    Object.entries(MANIFEST.models).map(([id, entry]) => {
      const libraries = [{ needs: [], ...file(id === 'target' ? 'target.wasm' : 'draft.wasm') }];
      return [id, { ...entry, libraries, files: [file(`${id}/mlc-chat-config.json`), file(`${id}/weights.bin`)] }];
    }),
  ),
};

beforeEach(forget);
afterEach(async () => {
  await forget();
});

async function forget(): Promise<void> {
  useOffline.setState(useOffline.getInitialState());
  useOfflineMemory.setState(useOfflineMemory.getInitialState());
  useShell.setState(useShell.getInitialState());
  useTab.setState(useTab.getInitialState());
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
}

/** The page with small models, on a server that has them, its own files stored. */
async function openStored() {
  const engine = await openPage({ manifest: () => Response.json(SMALL) });
  vi.mocked(fetch).mockImplementation(async (url) => (String(url).endsWith('manifest.json') ? Response.json(SMALL) : new Response('x')));
  useShell.setState({ shell: 'stored', bytes: 6_600_000 });
  return engine;
}

// The tick before it is no part of what it says.
const line = (state: string) => page.getByRole('button', { name: new RegExp(`Offline: ${state}$`) });
const panel = () => page.getByRole('dialog', { name: 'Offline' });
const storeButton = (name: string) => panel().getByRole('button', { name: `Store ${name}` });
const deleteButton = (name: string) => panel().getByRole('button', { name: `Delete ${name}` });

describe('the offline panel', () => {
  it('stores and deletes models by keyboard, asks back, and says when all is there', async () => {
    await openStored();
    (line('not ready').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(panel().getByText('Not ready to work offline yet.')).toBeInTheDocument();
    // Beside the page, so that it is there on a sub-path and offline too.
    await expect
      .element(panel().getByRole('link', { name: 'Licences of what the page contains' }))
      .toHaveAttribute('href', './licences.txt');
    for (const name of ['Target', 'Good draft', 'Weak draft']) {
      (storeButton(name).element() as HTMLElement).focus();
      await userEvent.keyboard('{Enter}');
      await expect.element(deleteButton(name)).toBeInTheDocument();
    }
    await expect.element(panel().getByText(/^Ready to work offline: the page/)).toBeInTheDocument();

    (deleteButton('Weak draft').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(panel().getByText(/^Delete Weak draft/)).toBeInTheDocument();
    await expect.element(panel().getByRole('button', { name: 'Keep', exact: true })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.element(deleteButton('Weak draft')).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}{Enter}');
    await expect.element(storeButton('Weak draft')).toBeInTheDocument();
    // The other draft still has the library of both.
    expect((await (await caches.open('webllm/wasm')).keys()).map(({ url }) => new URL(url).pathname)).toContain('/models/draft.wasm');
    await expect.element(panel().getByText(/^Ready to work offline: the page/)).toBeInTheDocument();
    await deleteButton('Target').click();
    await panel().getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.element(panel().getByText('Not ready to work offline yet.')).toBeInTheDocument();

    await userEvent.keyboard('{Escape}');
    await expect.element(line('not ready')).toHaveFocus();
    expect(panel().query()).toBeNull();
  });

  it.each(['light', 'dark'])('has nothing for axe to find in the %s theme, at any width', async (theme) => {
    document.documentElement.style.colorScheme = theme;
    await openStored();
    await line('not ready').click();
    await storeButton('Target').click();
    await deleteButton('Target').click();
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
      [360, 740],
    ] as const) {
      await page.viewport(width, height);
      expect(await violations(theme)).toEqual([]);
      expect(fitsTheWidth()).toBe(true);
    }
  });

  it('says that there is no room, and that a browser keeps nothing at all, and loses nothing by it', async () => {
    await openStored();
    await prompt().fill('A fox.');
    await runToEnd();
    const written = log().element().textContent;
    const put = vi.spyOn(Cache.prototype, 'put').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
    await line('not ready').click();
    await storeButton('Target').click();
    const alert = panel().getByRole('alert');
    await expect.element(alert).toHaveTextContent('A model file could not be kept; the storage may be full.');
    put.mockRestore();
    await storeButton('Target').click();
    await expect.element(deleteButton('Target')).toBeInTheDocument();
    expect(alert.query()).toBeNull();

    vi.spyOn(caches, 'open').mockRejectedValue(new DOMException('private', 'SecurityError'));
    await storeButton('Good draft').click();
    await expect.element(alert).toHaveTextContent('This browser keeps no files for this page');
    await panel().getByRole('button', { name: 'Close' }).click();
    expect(log().element().textContent).toBe(written);
    await runToEnd();
    expect(log().element().textContent).toBe(written);
  });
});

describe('what is told once', () => {
  const told = () => page.getByRole('status').filter({ hasText: 'Ready to work offline: no network is needed' });

  const beside = () => page.getByText('no network needed');

  it('is that the page works offline, only when page and pair are stored, in its own place, for a while', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await openStored();
      await line('not ready').click();
      await storeButton('Target').click();
      await expect.element(deleteButton('Target')).toBeInTheDocument();
      expect(told().query()).toBeNull();
      await storeButton('Good draft').click();
      await panel().getByRole('button', { name: 'Close' }).click();
      await expect.element(told()).toBeInTheDocument();
      await expect.element(beside()).toBeInTheDocument();
      useShell.setState({ shell: 'failed' });
      await expect.poll(() => told().query()).toBeNull();
      useShell.setState({ shell: 'stored' });
      await expect.element(told()).toBeInTheDocument();
      // Not while it is looked at.
      await expect.element(line('ready')).toBeInTheDocument();
      (line('ready').element() as HTMLElement).focus();
      await vi.advanceTimersByTimeAsync(30_000);
      expect(told().query()).not.toBeNull();
      (line('ready').element() as HTMLElement).blur();
      await userEvent.hover(prompt());
      await vi.advanceTimersByTimeAsync(15_000);
      await expect.poll(() => told().query()).toBeNull();
      expect(beside().query()).toBeNull();
      expect(JSON.parse(localStorage.getItem('foretoken.offline') ?? '{}').state.told).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    [1440, 900],
    [1280, 720],
    [390, 844],
  ])('covers no result and no control at %i by %i, in a run', async (width, height) => {
    await page.viewport(width, height);
    const engine = await openStored();
    engine.options.hold = 3;
    useShell.setState({ update: 'waiting' });
    useTab.setState({ sleptMs: 5000 });
    const ready = { bytes: 1, whole: true };
    useOffline.setState({ models: { target: ready, draft: ready }, listKept: true });
    await prompt().fill('A fox.');
    await runButton().click();
    await expect.element(told()).toBeInTheDocument();
    await expect.element(log()).not.toHaveTextContent(/^$/);
    const notices = [...document.querySelectorAll('.call, .offline-line span')].map((notice) => notice.getBoundingClientRect());
    expect(notices).toHaveLength(3);
    const others = [...document.querySelectorAll('main button, main input, main textarea, main [data-verdict], header a, header button')];
    expect(others.length).toBeGreaterThan(20);
    for (const element of others) {
      const box = element.getBoundingClientRect();
      const covers = notices.some(
        ({ left, right, top, bottom }) =>
          box.width > 0 && left < box.right - 1 && right > box.left + 1 && top < box.bottom - 1 && bottom > box.top + 1,
      );
      expect(covers, element.outerHTML.slice(0, 100)).toBe(false);
    }
    await stopButton().click();
    await untilIdle();
  });

  it('is that there is a newer version, which cannot be had in a run, and can wait', async () => {
    const engine = await openStored();
    engine.options.hold = 3;
    useShell.setState({ update: 'waiting' });
    const newer = page.getByRole('status').filter({ hasText: 'A newer version of the page is stored.' });
    const now = newer.getByRole('button', { name: 'Update now' });
    await expect.element(now).toHaveAttribute('aria-disabled', 'false');
    await prompt().fill('A fox.');
    await runButton().click();
    await expect.element(now).toHaveAttribute('aria-disabled', 'true');
    await stopButton().click();
    await untilIdle();
    await expect.element(now).toHaveAttribute('aria-disabled', 'false');
    expect(await violations()).toEqual([]);
    await newer.getByRole('button', { name: 'Later' }).click();
    await expect.poll(() => newer.query()).toBeNull();
  });

  it('is that the browser put the tab to sleep in a run, which goes on', async () => {
    const engine = await openStored();
    const leave = watchTab();
    engine.options.hold = 3;
    await prompt().fill('A fox.');
    document.dispatchEvent(new Event('freeze'));
    document.dispatchEvent(new Event('resume'));
    expect(useTab.getState().sleptMs).toBeNull();
    await runButton().click();
    await expect.element(log()).not.toHaveTextContent(/^$/);
    document.dispatchEvent(new Event('freeze'));
    document.dispatchEvent(new Event('resume'));
    await expect.element(page.getByText(/^The browser put this tab to sleep for \d/)).toBeInTheDocument();
    await stopButton().click();
    await untilIdle();
    leave();
  });
});

describe('a tab that was put away', () => {
  const put = (kept: object) => sessionStorage.setItem(KEY, JSON.stringify(kept));
  const kept = { version: 1, prompt: 'A fox.', atWork: true, wanted: false, run: null, recorded: false };

  it('has its prompt again, and a word on what happened', async () => {
    await openPage();
    put(kept);
    restoreTab();
    await expect.element(prompt()).toHaveValue('A fox.');
    await expect.element(page.getByRole('alert')).toHaveTextContent('This page was reloaded or put away while the models were at work.');
    expect(sessionStorage.getItem(KEY)).toBeNull();
  });

  const others = [
    ['merely reloaded', { ...kept, atWork: false }],
    ['left by a newer version', { ...kept, version: 2 }],
    ['left by who knows what', { prompt: 7 }],
  ] as const;

  it.each(others)('starts empty where it was %s', async (_, stored) => {
    await openPage();
    put(stored);
    restoreTab();
    await expect.element(prompt()).toHaveValue('');
    expect(page.getByRole('alert').query()).toBeNull();
  });

  it('keeps prompt and output where a run that cannot be read was left', async () => {
    await openPage();
    put({ ...kept, run: '{"format":' });
    restoreTab();
    await expect.element(prompt()).toHaveValue('A fox.');
    await expect.element(page.getByRole('alert')).toBeInTheDocument();
  });
});
