import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { LANES } from '../../src/core/modes/race';
import { committedTokens, startOf, tally } from '../../src/core/run/tally';
import { useWork } from '../../src/store/engine/work';
import { racePlayer, shownHeat, useRace } from '../../src/store/modes/race';
import { type Settings, useSettings } from '../../src/store/run/settings';
import { formatSeconds } from '../../src/ui/format';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt, runToEnd } from './support/openPage';
import { recordedFile } from './support/recordings';
import { tabTo } from './support/tabTo';
import { showView } from './support/views';

const raceButton = () => page.getByRole('button', { name: 'Race', exact: true });
const region = () => page.getByRole('region', { name: /^A race/ });
const text = (lane: string) => page.getByRole('log', { name: `Text of ${lane}` });
const figure = (name: string) => [...region().element().querySelectorAll(`[data-figure="${name}"] td`)].map((cell) => cell.textContent);
const status = () => region().getByRole('status');
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();
const runs = () => shownHeat(useRace.getState()).runs;
const written = (lane: 'plain' | 'speculative') =>
  committedTokens(runs()[lane])
    .map((token) => token.text)
    .join('');

async function openRace(settings: Partial<Settings> = {}) {
  useRace.setState(useRace.getInitialState());
  racePlayer.use.setState(racePlayer.use.getInitialState());
  const engine = await openPage({ settings: { prompt: 'A fox.', maxTokens: 40, adaptive: false, ...settings } });
  await showView('race');
  await expect.element(raceButton()).toBeInTheDocument();
  return engine;
}

async function raceToFinish(): Promise<void> {
  await raceButton().click();
  await idle();
  racePlayer.pause();
  racePlayer.seek(Number.POSITIVE_INFINITY);
  await expect.element(page.getByRole('button', { name: 'To the start' })).toHaveAttribute('aria-disabled', 'false');
}

describe('before a race was run', () => {
  it('shows a recorded one, slowly, as a recording, until one’s own takes its place', async () => {
    useRace.setState(useRace.getInitialState());
    racePlayer.use.setState(racePlayer.use.getInitialState());
    await openPage({ settings: { prompt: 'A fox.', maxTokens: 40, adaptive: false } });
    vi.mocked(fetch).mockImplementation(async (url) => recordedFile(String(url)));
    await showView('race');
    await expect.element(region().getByText('A recording')).toBeInTheDocument();
    await expect.element(region()).toHaveTextContent(/on .+, \w+ \d+, \d{4}\. Press Race to replace it with one on your own device\./);
    expect(racePlayer.use.getState()).toMatchObject({ playing: true, pace: 0.1 });
    for (const lane of LANES) expect(startOf(runs()[lane])?.settings.mode).toBe(lane);
    racePlayer.pause();
    racePlayer.seek(Number.POSITIVE_INFINITY);
    await expect.element(region()).toHaveTextContent('The texts are the same');
    await raceToFinish();
    await expect.element(region().getByText('A recording')).not.toBeInTheDocument();
    expect(startOf(runs().plain)?.prompt).toBe('A fox.');
    expect(racePlayer.use.getState().pace).toBe(1);
  });

  it('says what a race is where no recording can be had', async () => {
    await openRace();
    await expect.element(region()).toHaveTextContent('Each runs alone on this device');
    expect(useRace.getState()).toMatchObject({ heats: [], failure: null });
  });
});

describe('a race', () => {
  it('measures both ways alone, warmed up alike, in an order that changes, and says so', async () => {
    const engine = await openRace();
    await raceToFinish();
    const asked = () => engine.tasks.flatMap((task) => (task.type === 'run' ? [[task.settings.mode, task.settings.maxTokens]] : []));
    expect(asked()).toEqual([
      ['plain', 8],
      ['speculative', 8],
      ['plain', 40],
      ['speculative', 40],
    ]);
    await expect.element(region()).toHaveTextContent('Plain decoding ran first here; the order changes with every race.');
    await expect.element(region()).toHaveTextContent('Before it both decoded 8 tokens that do not count.');
    engine.tasks.length = 0;
    await raceToFinish();
    expect(
      asked()
        .slice(2)
        .map(([mode]) => mode),
    ).toEqual(['speculative', 'plain']);
    await expect.element(region()).toHaveTextContent('Speculation ran first here');
  });

  it('shows the finish, the passes, the ratio, and that the texts are the same by their ids', async () => {
    await openRace();
    await raceToFinish();
    const { plain, speculative } = runs();
    const tallies = [speculative, plain].map((events) => tally(events));
    await expect.poll(() => figure('wait')).toEqual(tallies.map(({ waitMs }) => formatSeconds(waitMs)));
    // Both speeds, under the names that they have everywhere; each as the table's own rows give it.
    for (const [speed, row] of [
      ['wait', 'waitRate'],
      ['decoding', 'decodingRate'],
    ] as const) {
      const line = region().element().querySelector(`[data-speed="${speed}"]`)?.textContent ?? '';
      for (const rate of figure(row)) expect(line).toContain(rate);
      const [fast = 0, slow = 1] = figure(row).map(Number);
      expect(Number(/^[\d.]+/.exec(line)?.[0])).toBeCloseTo(fast / slow, 1);
    }
    const passes = [speculative, plain].map((events) => events.filter(({ type }) => type === 'round').length);
    await expect.poll(() => figure('passes')).toEqual(passes.map(String));
    expect(passes[1]).toBe(40);
    await expect.element(region()).toHaveTextContent('The texts are the same: 40 tokens compared, id for id.');
    await expect.element(region()).toHaveTextContent(`times as fast. It needed ${passes[0]} target passes instead of 40.`);
    await expect.poll(() => text('plain decoding').element().textContent).toBe(written('plain'));
    expect(written('speculative')).toBe(written('plain'));
  });

  it('can be held, moved by passes and slowed: both stand where their own clocks say', async () => {
    await openRace();
    await raceToFinish();
    racePlayer.seek(0);
    await expect.element(text('speculation')).toHaveTextContent('');
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    const { atMs, playing } = racePlayer.use.getState();
    expect(playing).toBe(false);
    for (const [i, lane] of LANES.entries()) {
      const happened = runs()[lane].filter((event) => event.type === 'round' && event.endMs <= (atMs ?? 0));
      await expect.poll(() => figure('passes')[i]).toBe(String(happened.length));
    }
    await userEvent.keyboard('{ArrowLeft}');
    await expect.poll(() => racePlayer.use.getState().atMs).toBeLessThan(atMs ?? 0);
    await page.getByText('A tenth').click();
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => racePlayer.use.getState().playing).toBe(true);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => racePlayer.use.getState().playing).toBe(false);
  });

  it('that is stopped in the middle keeps what was measured, and says of what', async () => {
    const engine = await openRace();
    await expect.element(region()).toHaveTextContent('No race yet');
    // The warm-up runs end before their tenth round; the first run that is measured waits there, and ends with it.
    engine.options.hold = 9;
    await raceButton().click();
    await expect.poll(() => runs().plain.filter(({ type }) => type === 'round').length).toBe(9);
    await expect.element(text('plain decoding')).toHaveTextContent('Measured out of sight');
    await userEvent.keyboard('{Escape}');
    await idle();
    racePlayer.seek(Number.POSITIVE_INFINITY);
    expect(committedTokens(runs().plain)).toHaveLength(10);
    await expect.poll(() => text('plain decoding').element().textContent).toBe(written('plain'));
    await expect.element(region()).toHaveTextContent('Only one of the two was measured.');
    engine.options.hold = null;
    await raceToFinish();
    await expect.element(region()).toHaveTextContent('The texts are the same: 40 tokens');
  });

  it('that was stopped while it warmed up leaves the race before', async () => {
    const engine = await openRace();
    await raceToFinish();
    const { heats } = useRace.getState();
    engine.options.hold = 2;
    await raceButton().click();
    await expect.element(page.getByText(/^Warming up/)).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await idle();
    expect(useRace.getState().heats).toBe(heats);
  });

  it('runs several times on demand, and shows the one in the middle first', async () => {
    await openRace();
    await page.getByRole('group', { name: 'Runs of each' }).getByText('3').click();
    await raceToFinish();
    expect(useRace.getState().heats.map(({ first }) => first)).toEqual(['plain', 'speculative', 'plain']);
    const choices = page.getByRole('group', { name: 'Which race' }).getByRole('radio');
    await expect.poll(() => choices.elements().length).toBe(3);
    await expect.element(region()).toHaveTextContent('the page shows first the one with the median ratio of decoding alone');
    await expect.element(region()).toHaveTextContent(/Over 3 races: [\d.]+ to [\d.]+, median/);
    await page.getByRole('group', { name: 'Which race' }).getByText(/^3:/).click();
    await expect.poll(() => useRace.getState().shown).toBe(2);
  });

  it('works from two runs that were made before, or recorded', async () => {
    await openRace();
    const last = page.getByRole('button', { name: 'Race the last two runs' });
    await expect.element(last).toHaveAttribute('aria-disabled', 'true');
    location.hash = '#watch';
    await runToEnd();
    await page.getByRole('button', { name: 'Same output?' }).click();
    await idle();
    location.hash = '#race';
    await last.click();
    racePlayer.seek(Number.POSITIVE_INFINITY);
    await expect.element(region()).toHaveTextContent('Two runs that were recorded separately');
    await expect.element(region()).toHaveTextContent('The texts are the same: 40 tokens');
  });

  it('that speculation loses at a fixed draft length says why it drafts all the same', async () => {
    await openRace({ draft: 'weak-draft', gamma: 16 });
    await raceToFinish();
    await expect.element(region()).toHaveTextContent('Speculation was the slower one.');
    const [fewer, more] = LANES.map((lane) => tally(runs()[lane]).passes);
    await expect
      .element(status())
      .toHaveTextContent(`Plain decoding was the faster one. Speculation needed ${fewer} target passes instead of ${more}.`);
    await expect.element(region()).toHaveTextContent('The run drafts all the same, to show how: its draft length is fixed.');
  });

  it.each([
    ['as fast', 1],
    ['nearly as fast', 1.04],
    ['nearly as slow', 0.96],
  ])('whose times tie (speculation is %s) says so, and what was spared', async (_, speedup) => {
    await openRace();
    await raceToFinish();
    const [heat] = useRace.getState().heats;
    if (!heat) throw new Error('no race was measured');
    const [speculative, plain] = LANES.map((lane) => tally(heat.runs[lane]));
    const factor = (speedup * (speculative?.waitMs ?? 0)) / (plain?.waitMs ?? 1);
    const slowed = heat.runs.plain.map((event) => ({
      ...event,
      ...('startMs' in event && { startMs: event.startMs * factor }),
      ...('endMs' in event && { endMs: event.endMs * factor }),
    }));
    useRace.setState({ heats: [{ ...heat, runs: { ...heat.runs, plain: slowed } }] });
    const spared = (plain?.passes ?? 0) - (speculative?.passes ?? 0);
    expect(spared).toBeGreaterThan(0);
    await expect.element(status()).toHaveTextContent(`The times tied. What speculation spared is ${spared} of 40 target passes.`);
    expect(region().element().textContent).not.toContain('Speculation was the slower one.');
  });

  it('says why sampled texts part under the rejection rule', async () => {
    await openRace({ temperature: 1, rule: 'rejection' });
    await raceToFinish();
    // The fake language has one possible text; another one stands in for the plain run's.
    const { heats } = useRace.getState();
    const heat = heats[0];
    const plain = heat?.runs.plain.map((event) =>
      event.type === 'round' && event.index === 5
        ? { ...event, tokens: event.tokens.map((token) => ({ ...token, id: token.id + 1 })) }
        : event,
    );
    if (heat && plain) useRace.setState({ heats: [{ ...heat, runs: { ...heat.runs, plain } }] });
    await expect
      .element(region())
      .toHaveTextContent('The texts differ from token 6 on: the rejection rule keeps the target’s distribution');
  });

  it('asks for a prompt and refuses impossible settings before anything runs', async () => {
    const engine = await openRace({ prompt: ' ' });
    await raceButton().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The prompt is empty.');
    await prompt().fill('A fox.');
    useSettings.setState({ maxTokens: 0 });
    await raceButton().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('Most tokens is 0.');
    expect(engine.tasks.filter(({ type }) => type === 'run')).toEqual([]);
  });

  it('goes by keyboard alone', async () => {
    await openRace();
    await tabTo(prompt().element());
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await idle();
    await tabTo(page.getByRole('button', { name: 'To the start' }).element());
    await userEvent.keyboard('p{Home}{ArrowRight}p');
    await expect.poll(() => racePlayer.use.getState().atMs).toBeNull();
    await expect.element(region()).toHaveTextContent('The texts are the same');
  });
});

describe.each(['light', 'dark'])('a race in the %s theme', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
    [360, 740],
  ])('at %i × %i has nothing that axe finds, and no sideways scroll', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    await openRace();
    expect(await violations(theme)).toEqual([]);
    await raceToFinish();
    expect(await violations(theme)).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  });
});
