import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { NOTES_ACTIONS } from '../../src/actions/present';
import { pressKey } from '../../src/actions/pressKey';
import type { RunEvent } from '../../src/core/types';
import { encodeTrace } from '../../src/formats/trace/trace';
import { useWork } from '../../src/store/engine/work';
import { DEFAULT_PLAYLIST } from '../../src/store/present/defaultPlaylist';
import { usePresenter } from '../../src/store/present/presenter';
import { usePlayback } from '../../src/store/recordings/playback';
import { useRun } from '../../src/store/run/run';
import { openPage, prompt, runToEnd } from './support/openPage';
import { showView } from './support/views';

const { items } = DEFAULT_PLAYLIST;
const bar = () => page.getByRole('complementary', { name: 'Presentation' });
const press = (keys: string) => userEvent.keyboard(keys);
const state = () => usePresenter.getState();

/** The default playlist, presented from its item `at`, on recordings of one run. */
async function present(at: number) {
  await page.viewport(1280, 720);
  const engine = await openPage();
  await prompt().fill('A fox finds a bell.');
  await page.getByLabelText('Most tokens').fill('20');
  await runToEnd();
  const trace = encodeTrace(useRun.getState().events as RunEvent[], { title: 'As recorded' });
  vi.mocked(fetch).mockImplementation(async () => Response.json(trace));
  const opened = vi.spyOn(window, 'open').mockReturnValue(null);
  await showView('present');
  onTestFinished(() => usePresenter.setState(usePresenter.getInitialState()));
  await page.getByRole('button', { name: `Present from here item ${at + 1}`, exact: true }).click();
  (document.activeElement as HTMLElement | null)?.blur();
  await expect.element(bar()).toHaveTextContent(`${at + 1} / ${items.length} ${items[at]?.title}`);
  return { engine, opened };
}

/** Where the page is while an item of the playlist is presented. */
function place(item: (typeof items)[number]): string {
  return item.kind === 'lesson' ? `#${item.path}` : item.kind === 'view' ? `#${item.view}` : '#present/show';
}

describe('every key of the presentation, on every kind of item', () => {
  it.each(items.map((item, at) => ({ at, item, title: `${at + 1}, ${item.kind}: ${item.title}` })))(
    'does its work at $title',
    async ({ at, item }) => {
      const { engine, opened } = await present(at);
      await expect.poll(() => location.hash).toBe(place(item));
      await press('w');
      expect(opened).toHaveBeenCalledTimes(1);
      expect(String(opened.mock.lastCall?.[0])).toMatch(/notes\.html#.+$/);

      await press('b');
      await expect.element(page.getByText('The projection is dark.')).toBeInTheDocument();
      await press('b');
      await expect.element(page.getByText('The projection is dark.')).not.toBeInTheDocument();

      const { scale } = state();
      await press('+');
      expect(state().scale).toBeGreaterThan(scale);
      await press('--');
      expect(state().scale).toBeLessThan(scale);
      await press('-');
      expect(await said('-', state().scale)).toBe('It is as small as it gets.');

      if (item.kind === 'lesson' || item.kind === 'view') {
        expect(await said('s')).toBe('Only a run can be looked at step by step.');
      } else {
        const { look } = state();
        await press('s');
        expect(state().look).not.toBe(look);
        await press('s');
        expect(state().look).toBe(look);
      }

      const runs = () => engine.tasks.filter(({ type }) => type === 'run').length;
      const before = runs();
      if (item.kind === 'lesson') expect(await said('r')).toBe('A lesson runs nothing by itself.');
      else {
        await press('r');
        if (item.kind === 'recording') expect(state().look).toBe('watch');
        else await expect.poll(runs).toBeGreaterThan(before);
        await expect.poll(() => useWork.getState().current).toBeNull();
      }

      if (at === 0) expect(await said('{PageUp}')).toBe('This is the first one.');
      else {
        await press('{PageUp}');
        await expect.poll(() => state().at).toBe(at - 1);
        await press('{PageDown}');
        await expect.poll(() => state().at).toBe(at);
      }
      if (at === items.length - 1) expect(await said('{PageDown}')).toBe('This is the last one.');
      else {
        await press('{PageDown}');
        await expect.poll(() => state().at).toBe(at + 1);
      }
      await press('{Escape}');
      await expect.poll(() => state().at).toBeNull();
      await expect.element(page.getByRole('list', { name: 'Playlist' })).toBeInTheDocument();
    },
  );

  it('chooses the pace of a run, from the window with the notes as well', async () => {
    await present(items.findIndex(({ kind }) => kind === 'recording'));
    await expect.poll(() => document.querySelectorAll('.stage [data-token-id]').length).toBeGreaterThan(0);
    await press('<');
    expect(usePlayback.getState()).toMatchObject({ pace: 0.5, playing: true });
    const pressed = (key: string) => pressKey(new KeyboardEvent('keydown', { key }), NOTES_ACTIONS);
    expect(pressed('<')).toBe(true);
    expect(usePlayback.getState().pace).toBe(0.1);
    expect([pressed('>'), pressed('>')]).toEqual([true, true]);
    expect(usePlayback.getState().pace).toBe(1);
  });

  it('works from within what is chosen or typed into: all but what is its own, and a clicker’s keys anywhere', async () => {
    const { opened } = await present(items.findIndex(({ kind }) => kind === 'view'));
    const choice = page.getByRole('radio').first();
    await expect.element(choice).toBeInTheDocument();
    (choice.element() as HTMLElement).focus();
    await press('w');
    expect(opened).toHaveBeenCalledTimes(1);
    const field = page.getByRole('textbox').first();
    (field.element() as HTMLElement).focus();
    await press('wb+');
    expect(opened).toHaveBeenCalledTimes(1);
    expect(state().blank).toBe(false);
    expect((field.element() as HTMLInputElement).value).toContain('wb+');
    const { at } = state();
    await press('{PageDown}');
    await expect.poll(() => state().at).toBe((at ?? 0) + 1);
  });
});

/** What the foot of the presentation says once `keys` are pressed. */
async function said(keys: string, scale = state().scale): Promise<string> {
  await press(keys);
  expect(state().scale).toBe(scale);
  const status = bar().getByRole('status');
  await expect.element(status).not.toHaveTextContent(/^$/);
  return status.element().textContent ?? '';
}
