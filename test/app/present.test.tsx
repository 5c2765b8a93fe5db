import { createRoot } from 'react-dom/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { SpeakerNotes } from '../../src/app/SpeakerNotes';
import { readPlaylist } from '../../src/formats/playlist';
import { encodeTrace } from '../../src/formats/trace/trace';
import { useRace } from '../../src/store/modes/race';
import { tabIdentity } from '../../src/store/page/tabIdentity';
import { playlistFile, usePlaylist } from '../../src/store/present/playlist';
import { nextItem, resumePresenting, startPresenting, usePresenter } from '../../src/store/present/presenter';
import { useRun } from '../../src/store/run/run';
import { useSettings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt, runToEnd, tokenElements, untilIdle } from './support/openPage';
import { showView } from './support/views';

const titles = () => usePlaylist.getState().items.map(({ title }) => title);
const rows = () => page.getByRole('list', { name: 'Playlist' }).getByRole('listitem');
const stage = () => page.getByRole('region', { name: 'Presentation' });

async function addChosen(list: string, title: string): Promise<void> {
  await page.getByLabelText(list).selectOptions(title);
  await page.getByRole('button', { name: `Add ${title}` }).click();
}

/** Three items: a live run, a recording of one, a lesson. */
async function prepare() {
  const engine = await openPage();
  usePlaylist.setState({ title: 'A lecture', items: [] });
  await prompt().fill('A fox finds a bell.');
  await page.getByLabelText('Most tokens').fill('40');
  await runToEnd();
  const trace = encodeTrace(useRun.getState().events, { title: 'As recorded' });
  vi.mocked(fetch).mockImplementation(async () => Response.json(trace));
  await showView('present');
  await page.getByRole('button', { name: 'Add the prompt, to run live' }).click();
  await page.getByRole('button', { name: 'Add the run on the page, as recorded' }).click();
  await expect.poll(titles).toHaveLength(2);
  await addChosen('Add a lesson', 'The intern and the editor');
  onTestFinished(() => {
    usePresenter.setState(usePresenter.getInitialState());
  });
  return engine;
}

describe('a playlist', () => {
  it('takes in a run, a recording and a lesson, in an order of one’s own, and brings back what was removed', async () => {
    await prepare();
    expect(titles()).toEqual(['A fox finds a bell.', 'A fox finds a bell.', 'The intern and the editor']);
    await expect.element(rows().nth(0)).toHaveTextContent('drafts by Good draft, γ');
    await page.getByLabelText('Title of item 2').fill('Recorded');
    await page.getByRole('button', { name: 'Up item 2' }).click();
    expect(titles()[0]).toBe('Recorded');
    await page.getByRole('button', { name: 'Remove item 1' }).click();
    expect(titles()).toHaveLength(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(titles()[0]).toBe('Recorded');
    await expect.element(rows().nth(2)).toBeInTheDocument();
  });

  it('takes nothing in while a person at the keyboard goes through a list, and one item once they say so', async () => {
    await prepare();
    (page.getByLabelText('Add a view, with the prompt').element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(titles()).toHaveLength(3);
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.poll(titles).toHaveLength(4);
    expect(titles()[3]).toBe('Conversation');
  });

  it('is saved as a file that opens again, and is kept over a visit', async () => {
    await prepare();
    const { name, text } = playlistFile();
    expect(name).toBe('a-lecture.foretoken.json');
    expect(readPlaylist(text).items).toHaveLength(3);
    expect(JSON.parse(localStorage.getItem('foretoken.playlist') ?? '{}').state.items).toHaveLength(3);
    usePlaylist.setState({ title: 'Another', items: [] });
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    await expect.poll(titles).toHaveLength(3);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(usePlaylist.getState().title).toBe('Another');
  });

  it('of a newer version is refused with a clear message, and the one here stays', async () => {
    await prepare();
    const data = new DataTransfer();
    data.items.add(new File([JSON.stringify({ format: 'foretoken-playlist', version: 9, items: [] })], 'a.json'));
    dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    await expect.element(page.getByRole('alert')).toHaveTextContent('saved by a newer version of the page');
    expect(titles()).toHaveLength(3);
  });

  it('that was kept and cannot be read is put aside, which is said, before anything is written over it', async () => {
    await prepare();
    const kept = { title: 'Mine', items: [{ kind: 'unheard of' }] };
    localStorage.setItem('foretoken.playlist', JSON.stringify({ state: kept, version: 1 }));
    await usePlaylist.persist.rehydrate();
    onTestFinished(() => localStorage.removeItem('foretoken.playlist.aside'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('The playlist that this browser kept cannot be read.');
    await page.getByLabelText('Name of the playlist').fill('Another');
    expect(JSON.parse(localStorage.getItem('foretoken.playlist.aside') ?? '{}')).toMatchObject(kept);
  });

  it('says so where the browser does not keep it', async () => {
    await prepare();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await page.getByLabelText('Title of item 1').fill('Not kept');
    await expect.element(page.getByText(/This browser does not keep the playlist/)).toBeInTheDocument();
    expect(titles()[0]).toBe('Not kept');
  });

  it.each(['light', 'dark'])('is free of what axe finds in the %s theme, at any width, and never scrolls sideways', async (theme) => {
    document.documentElement.style.colorScheme = theme;
    onTestFinished(async () => {
      document.documentElement.style.colorScheme = '';
      await page.viewport(1280, 800);
    });
    await prepare();
    await page.getByText('Private notes').first().click();
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
      [360, 740],
    ] as const) {
      await page.viewport(width, height);
      expect(fitsTheWidth()).toBe(true);
      expect(await violations(theme)).toEqual([]);
    }
  });
});

describe('the playlist at the keyboard', () => {
  it('keeps the focus on what moves an item, and goes on to a neighbour of what is removed', async () => {
    await prepare();
    const down = page.getByRole('button', { name: 'Down item 1' }).element();
    if (!(down instanceof HTMLElement)) throw new Error('It is not a button.');
    down.focus();
    await userEvent.keyboard('{Enter}{Enter}');
    expect(titles().at(-1)).toBe('A fox finds a bell.');
    expect(document.activeElement).toBe(down);
    const remove = page.getByRole('button', { name: 'Remove item 3' }).element();
    if (remove instanceof HTMLElement) remove.focus();
    await userEvent.keyboard('{Enter}');
    expect(titles()).toHaveLength(2);
    expect(document.activeElement).toBe(page.getByLabelText('Title of item 2').element());
  });

  it('shows markup in titles, prompts and notes as text, and presents it as text', async () => {
    await prepare();
    const hostile = '<img src=x onerror="window.broken = 1"><script>window.broken = 1</script>';
    usePlaylist.setState(({ items }) => ({
      title: hostile,
      items: items.map((item) => ({ ...item, title: hostile, notes: hostile, ...(item.kind === 'run' ? { prompt: hostile } : {}) })),
    }));
    expect(document.querySelector('main img, main script')).toBeNull();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(stage()).toHaveTextContent(hostile);
    expect(document.querySelector('#root img, main img, main script, aside img, aside script')).toBeNull();
    expect('broken' in window).toBe(false);
  });
});

describe('presenting, with the keyboard alone', () => {
  it('shows a view with its own keys, and goes on from it', async () => {
    const engine = await prepare();
    await addChosen('Add a view, with the prompt', 'Race');
    await expect.poll(titles).toHaveLength(4);
    for (const name of ['Up item 4', 'Up item 3', 'Up item 2']) await page.getByRole('button', { name }).click();
    expect(titles()[0]).toBe('Race');
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => location.hash).toBe('#race');
    await expect.element(page.getByRole('complementary', { name: 'Presentation' })).toHaveTextContent('1 / 4 Race');
    const asked = engine.tasks.filter(({ type }) => type === 'run').length;
    await userEvent.keyboard('r');
    await expect.poll(() => engine.tasks.filter(({ type }) => type === 'run').length).toBeGreaterThan(asked + 1);
    await expect.poll(() => useRace.getState().activity).toBe('idle');
    // The arrows belong to the race now; Page Down goes on.
    await userEvent.keyboard('{Home}{ArrowRight}');
    expect(usePresenter.getState().at).toBe(0);
    await userEvent.keyboard('{PageDown}');
    await expect.element(stage()).toHaveTextContent('R runs it on this device.');
    await userEvent.keyboard('{Escape}');
  });

  it('runs, plays, steps, and goes from item to item and back, and leaves everything as it was', async () => {
    const engine = await prepare();
    const before = useSettings.getState();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(stage()).toHaveTextContent('R runs it on this device.');
    expect(await violations()).toEqual([]);
    await expect.element(page.getByRole('navigation')).not.toBeInTheDocument();
    const asked = engine.tasks.filter(({ type }) => type === 'run').length;
    await userEvent.keyboard('r');
    await expect.poll(() => engine.tasks.filter(({ type }) => type === 'run').length).toBe(asked + 1);
    await untilIdle();
    expect(tokenElements().length).toBeGreaterThan(20);
    await userEvent.keyboard('{PageDown}');
    await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
    await userEvent.keyboard('s');
    const place = page.getByText(/step \d+ of/);
    await expect.element(place).toBeInTheDocument();
    const step = Number(/step (\d+) of/.exec(place.element().textContent ?? '')?.[1]);
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(page.getByText(`step ${step + 1} of`)).toBeInTheDocument();
    expect(await violations()).toEqual([]);
    await userEvent.keyboard('{PageDown}');
    await expect.poll(() => location.hash).toBe('#learn/premise');
    await expect.element(page.getByRole('complementary', { name: 'Presentation' })).toHaveTextContent('3 / 3');
    await userEvent.keyboard('pp');
    // What was run stands there again.
    await expect.element(page.getByRole('log', { name: 'Output', exact: true })).toBeInTheDocument();
    expect(tokenElements().length).toBeGreaterThan(20);
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('list', { name: 'Playlist' })).toBeInTheDocument();
    expect(useSettings.getState()).toEqual(before);
  });

  it('goes on after a reload in the middle, and gives back the settings of before it', async () => {
    await prepare();
    useSettings.setState({ prompt: 'What was typed before.', temperature: 0.7 });
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => useSettings.getState().temperature).toBe(0);
    const kept = sessionStorage.getItem('foretoken.presenting');
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => useSettings.getState().temperature).toBe(0.7);
    expect(sessionStorage.getItem('foretoken.presenting')).toBeNull();
    // As the page stands after a reload: with the settings of the prepared run, and what the tab has kept.
    useSettings.setState({ prompt: '', temperature: 0 });
    sessionStorage.setItem('foretoken.presenting', kept ?? '');
    resumePresenting();
    await expect.element(stage()).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => useSettings.getState().temperature).toBe(0.7);
    expect(useSettings.getState().prompt).toBe('What was typed before.');
  });

  it('shows no recording that comes once another item has its place', async () => {
    await prepare();
    const trace = encodeTrace(useRun.getState().events);
    const late = { kind: 'recording', id: 'late', title: 'Late', notes: '', look: 'watch', recording: 'late' } as const;
    usePlaylist.setState(({ items }) => ({ items: [late, ...items] }));
    const { promise, resolve } = Promise.withResolvers<Response>();
    vi.mocked(fetch).mockReturnValue(promise);
    const first = startPresenting();
    await nextItem();
    resolve(Response.json(trace));
    await first;
    expect(usePresenter.getState().at).toBe(1);
    expect(useRun.getState().events).toEqual([]);
    await userEvent.keyboard('{Escape}');
  });

  it('is dark and comes back, grows and shrinks', async () => {
    await prepare();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(stage()).toBeInTheDocument();
    await userEvent.keyboard('b');
    await expect.element(page.getByText('The projection is dark.')).toBeInTheDocument();
    await userEvent.keyboard('b');
    await expect.element(page.getByText('The projection is dark.')).not.toBeInTheDocument();
    const size = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const usual = size();
    await userEvent.keyboard('+');
    await expect.poll(size).toBeGreaterThan(usual);
    await userEvent.keyboard('--');
    await expect.poll(size).toBeLessThan(usual);
  });

  it('never shows a note, which a window of its own does', async () => {
    await prepare();
    usePlaylist.setState(({ items }) => ({ items: items.map((item) => ({ ...item, notes: 'A secret word' })) }));
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(stage()).toBeInTheDocument();
    for (const key of ['{PageDown}', '{PageDown}', '{PageUp}']) {
      expect(document.body.textContent).not.toContain('A secret word');
      await userEvent.keyboard(key);
    }
    const place = document.body.appendChild(document.createElement('div'));
    const root = createRoot(place);
    root.render(<SpeakerNotes tab={await tabIdentity()} />);
    onTestFinished(() => {
      root.unmount();
      place.remove();
    });
    await expect.element(page.getByText('A secret word')).toBeInTheDocument();
    // The page's keys work from that window too.
    const at = usePresenter.getState().at;
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await expect.poll(() => usePresenter.getState().at).toBe((at ?? 0) - 1);
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await expect.poll(() => usePresenter.getState().blank).toBe(true);
  });
});
