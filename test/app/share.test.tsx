import { createRoot } from 'react-dom/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Embed } from '../../src/app/Embed';
import { VIEWS } from '../../src/app/views';
import type { RunEvent } from '../../src/core/types';
import { encodeLink, LINK_LIMIT } from '../../src/formats/trace/link';
import { decodeTrace, encodeTrace } from '../../src/formats/trace/trace';
import opening from '../../src/store/recordings/opening.json';
import { followAddress } from '../../src/store/recordings/recording';
import { useRun } from '../../src/store/run/run';
import { violations } from './support/accessible';
import { openPage, prompt, runToEnd, tokenElements } from './support/openPage';

const dialog = () => page.getByRole('dialog', { name: 'Share this run' });
const alert = () => page.getByRole('alert');

/** Goes to `hash` as a person who opens a link, and back at the end of the test. */
function visit(hash: string): void {
  location.hash = hash;
  const leave = followAddress(VIEWS.map(({ id }) => id));
  onTestFinished(() => {
    leave();
    history.replaceState(null, '', '#');
    dispatchEvent(new HashChangeEvent('hashchange'));
  });
}

async function ownRun(): Promise<readonly RunEvent[]> {
  await prompt().fill('A fox <b>finds</b> a bell.');
  await page.getByLabelText('Most tokens').fill('40');
  await runToEnd();
  return useRun.getState().events;
}

const payloadOf = async (events: readonly RunEvent[]) => (await encodeLink(events, { title: 'A test' }, LINK_LIMIT))?.payload ?? '';
const shownEvents = () => idsOf(useRun.getState().events);
const shownIds = () => tokensShown().map((token) => Number(token.dataset.tokenId));
const tokensShown = () => [...document.querySelectorAll<HTMLElement>('[role="log"] [data-token-id]')];
const idsOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ id }) => id) : []));

describe('sharing a run', () => {
  it('makes a link that opens as the same run on a page without models, as a recording', async () => {
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await openPage();
    const events = await ownRun();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect.element(dialog()).toHaveTextContent('Nothing is left out.');
    // The tests' own page comes from this machine.
    await expect.element(dialog()).toHaveTextContent('the link and the embed code work on this machine only');
    await expect.element(dialog().getByRole('button', { name: 'Save as a file' })).toBeInTheDocument();
    expect(await violations()).toEqual([]);
    await dialog().getByRole('button', { name: 'Copy link' }).click();
    await expect.element(dialog()).toHaveTextContent('Copied.');
    const [link = ''] = copied.mock.calls[0] ?? [];
    expect(link.length).toBeLessThanOrEqual(LINK_LIMIT);
    await dialog().getByRole('button', { name: 'Copy embed code' }).click();
    expect(copied.mock.calls[1]?.[0]).toContain(`embed.html${new URL(link).hash}"`);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();

    useRun.setState(useRun.getInitialState());
    visit(new URL(link).hash);
    await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
    expect(shownIds()).toEqual(idsOf(events));
    await expect.element(page.getByText('A recording')).toBeInTheDocument();
    expect(document.querySelector('.recording-note')).toHaveTextContent(/: drafts by .+, γ .+, temperature 0/);
    expect(await violations()).toEqual([]);
    // A run of one's own takes its place.
    await runToEnd();
    await expect.element(page.getByRole('log', { name: 'Output', exact: true })).toBeInTheDocument();
    await expect.element(page.getByText('A recording')).not.toBeInTheDocument();
  });

  it('opens in the view that the link names, and stepping works', async () => {
    await openPage();
    const events = await ownRun();
    const payload = await payloadOf(events);
    useRun.setState(useRun.getInitialState());
    visit(`#step&trace=${payload}`);
    const place = page.getByText(/^Round 2 of \d+, step \d+ of/);
    await expect.element(place).toBeInTheDocument();
    const step = Number(/step (\d+)/.exec(place.element().textContent ?? '')?.[1]);
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(page.getByText(`, step ${step + 1} of`)).toBeInTheDocument();
  });

  it('says that a link is damaged, keeps the page usable, and opens a good one after', async () => {
    await openPage();
    const events = await ownRun();
    const payload = await payloadOf(events);
    visit(`#trace=${payload.slice(0, payload.length / 2)}`);
    await expect.element(alert()).toHaveTextContent('This recording cannot be used: its link is damaged or cut short.');
    expect(tokenElements().length).toBeGreaterThan(0);
    location.hash = '#trace=2x';
    await expect.element(alert()).toHaveTextContent('made by a newer version of the page');
    location.hash = `#trace=${payload}`;
    await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
    await expect.element(alert()).not.toBeInTheDocument();
  });

  it('opens a link that was altered on its way', async () => {
    await openPage();
    const events = await ownRun();
    const payload = await payloadOf(events);
    for (const hash of [
      `#trace%3D${payload}`,
      `#/step&amp;trace=${payload}).`,
      `#step%26TRACE%3D${payload}&utm_source=mail`,
      `#trace=${payload}_`,
    ]) {
      useRun.setState(useRun.getInitialState());
      visit(hash);
      await expect.poll(shownEvents).toEqual(idsOf(events));
      await expect.element(alert()).not.toBeInTheDocument();
    }
  });

  it('says so where the address names what is not here, until it names what is', async () => {
    await openPage();
    for (const [hash, shown] of [
      ['#raec', 'raec'],
      ['#tarce%3D1abc', 'tarce=1abc'],
      ['#step&trace=', 'step&trace='],
      [`#${'x'.repeat(500)}`, `${'x'.repeat(60)}…`],
    ] as const) {
      visit(hash);
      await expect.element(alert()).toHaveTextContent(`The address names “${shown}”, which is not here.`);
      expect(await violations()).toEqual([]);
      visit('#watch');
      await expect.element(alert()).not.toBeInTheDocument();
    }
  });

  it('does not take a run’s place while it is under way, and says so', async () => {
    const engine = await openPage();
    const payload = await payloadOf(await ownRun());
    engine.options.hold = 2;
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    visit(`#trace=${payload}`);
    await expect.element(alert()).toHaveTextContent('The models are at work.');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
  });

  it('lets nothing of a recording become markup', async () => {
    await openPage();
    const hostile = '<img src=x onerror="window.broken = 1"><script>window.broken = 1</script>';
    const events = (await ownRun()).map((event): RunEvent => {
      if (event.type === 'start') return { ...event, prompt: hostile, labels: { target: hostile, draft: hostile, adapter: hostile } };
      return event.type === 'round' ? { ...event, tokens: event.tokens.map((token) => ({ ...token, text: hostile })) } : event;
    });
    const before = document.querySelectorAll('img, script').length;
    visit(`#trace=${(await encodeLink(events, { title: hostile, machine: hostile }, LINK_LIMIT))?.payload}`);
    await expect.element(page.getByText('A recording')).toBeInTheDocument();
    expect(document.querySelectorAll('img, script').length).toBe(before);
    expect('broken' in window).toBe(false);
  });

  it('opens a file that is dropped on the page, and says so when it is not a recording', async () => {
    await openPage();
    const text = JSON.stringify(encodeTrace(await ownRun(), { title: 'From a file' }));
    const drop = (file: File) => {
      const data = new DataTransfer();
      data.items.add(file);
      dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    };
    drop(new File(['no'], 'a.json'));
    await expect.element(alert()).toHaveTextContent('it is not JSON');
    drop(new File([text], 'b.json'));
    await expect.element(page.getByText(/From a file/)).toBeInTheDocument();
  });
});

describe('the recordings that come with the page', () => {
  it('say so when their list is not there, or is refused', async () => {
    await openPage();
    const dialog = page.getByRole('dialog', { name: 'Recorded runs' });
    for (const [status, says] of [
      [404, 'There is no recording "index.json".'],
      [429, 'The recording was refused: the server answered 429.The server is busy. Wait 90 s, then try again'],
    ] as const) {
      vi.mocked(fetch).mockImplementation(async () => new Response('', { status, headers: { 'retry-after': '90' } }));
      await page.getByRole('button', { name: 'Recordings' }).click();
      await expect.element(dialog).toHaveTextContent(says);
      await userEvent.keyboard('{Escape}');
    }
  });

  it('are shown when they are chosen', async () => {
    await openPage();
    const trace = encodeTrace(await ownRun(), { title: 'One of the page’s' });
    const list = { format: 'foretoken-recordings', version: 1, recordings: [{ name: 'one', title: 'One', kind: 'story', how: 'greedy' }] };
    vi.mocked(fetch).mockImplementation(async (url) => Response.json(String(url).endsWith('index.json') ? list : trace));
    await page.getByRole('button', { name: 'Recordings' }).click();
    await expect.element(page.getByRole('button', { name: 'One greedy' })).toBeInTheDocument();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'One greedy' }).click();
    await expect.element(page.getByText(/One of the page’s/)).toBeInTheDocument();
  });
});

describe('a run in a frame of another page', () => {
  it('plays and steps, by keys too, and axe finds nothing', async () => {
    useRun.setState(useRun.getInitialState());
    const payload = await payloadOf(decodeTrace(opening).events);
    const place = document.body.appendChild(document.createElement('div'));
    const root = createRoot(place);
    root.render(<Embed />);
    onTestFinished(() => {
      root.unmount();
      place.remove();
    });
    await expect.element(page.getByRole('heading', { name: 'A run of speculative decoding' })).toBeInTheDocument();
    visit(`#watch&trace=${payload}`);
    await expect.element(page.getByRole('button', { name: 'Play', exact: true })).toBeInTheDocument();
    expect(await violations()).toEqual([]);
    visit(`#watch%26trace%3D${payload}.`);
    await expect.element(page.getByRole('button', { name: 'Play', exact: true })).toBeInTheDocument();
    await page.getByText('Step by step').click();
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}');
    await expect.element(page.getByText(/^Round 3 of/)).toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });
});
