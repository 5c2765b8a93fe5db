import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { ownPrompt } from '../../src/core/study/experiment';
import { useCalibration } from '../../src/store/engine/calibration';
import { connectEngine } from '../../src/store/engine/connection';
import { giveWay } from '../../src/store/engine/measuring';
import { useWork } from '../../src/store/engine/work';
import { changeExperiment, type ExperimentForm, useExperiment } from '../../src/store/modes/experiment';
import { measurePlan } from '../../src/store/run/measurePlan';
import { fitsTheWidth, violations } from './support/accessible';
import { ChanceEngine } from './support/chanceEngine';
import { catchDownloads } from './support/downloads';
import type { FakeEngine } from './support/fakeEngine';
import { draftOf } from './support/manifest';
import { openPage } from './support/openPage';

const STORY = 'Tell a short story about a fox who finds a bell.';
const COUNT = 'Count from 1 to 20.';

/** The view with two prompts, the good draft and γ = 4, 12 tokens, once. */
async function openExperiment(): Promise<FakeEngine> {
  const engine = await openPage();
  useExperiment.setState(useExperiment.getInitialState());
  changeExperiment({ chosen: [STORY, COUNT], gammas: [4], maxTokens: 12, repetitions: 1 });
  location.hash = '#experiment';
  onTestFinished(() => {
    location.hash = '';
  });
  await expect.element(start()).toBeInTheDocument();
  await expect.element(page.getByRole('checkbox', { name: 'Good draft', exact: true })).toBeInTheDocument();
  return engine;
}

const start = () => page.getByRole('button', { name: 'Run the experiment' });
const sheet = () => page.getByRole('region', { name: 'Worksheet', exact: true });
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();
/** The runs that were measured; what only makes a model ready is shorter. */
const asked = (engine: FakeEngine) =>
  engine.tasks.filter((task) => task.type === 'run').filter(({ settings }) => settings.maxTokens === 12);

/** The cells of the worksheet's last line, by their column. */
function lastLine(): Record<string, string> {
  const heads = [...sheet().element().querySelectorAll('thead th')].map((head) => head.textContent ?? '');
  const cells = [...(sheet().element().querySelector('tbody:last-child tr:last-child')?.children ?? [])].map(
    (cell) => cell.textContent ?? '',
  );
  return Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? '']));
}

const IMPOSSIBLE: readonly [string, Partial<ExperimentForm>, string][] = [
  ['no prompt', { chosen: [] }, 'No prompt is chosen.'],
  ['no draft', { drafts: [] }, 'No draft, or no draft length, is chosen.'],
  ['no draft length', { gammas: [] }, 'No draft, or no draft length, is chosen.'],
  ['no repetition', { repetitions: 0 }, 'Repetitions: 0.'],
  ['half a token', { maxTokens: 12.5 }, 'Most tokens: 12.5.'],
  ['an invalid temperature', { temperature: -1 }, 'Temperature is -1.'],
];

describe('an experiment', () => {
  it('measures every prompt in every way, to the end of its answer, and fills the worksheet', async () => {
    const engine = await openExperiment();
    await page.getByRole('checkbox', { name: 'Weak draft', exact: true }).click();
    await page.getByRole('checkbox', { name: '2', exact: true }).click();
    await expect.element(page.getByText('12 runs: 2 prompts, with plain decoding and in 4 ways, once.')).toBeInTheDocument();
    await start().click();
    await expect.element(page.getByText('12 of 12 runs')).toBeInTheDocument();
    await idle();
    const runs = asked(engine);
    expect(runs).toHaveLength(12);
    for (const { settings } of runs) expect(settings).toMatchObject({ maxTokens: 12, ignoreStopTokens: false });
    const [plain, speculative] = (['plain', 'speculative'] as const).map((mode) => runs.filter(({ settings }) => settings.mode === mode));
    const ways = speculative?.map(({ settings, pair, prompt }) => JSON.stringify([settings.gamma, draftOf(pair), prompt]));
    expect(new Set(ways).size).toBe(8);
    // Each prompt once with the runs of each draft, and without a draft.
    expect(plain?.map(({ pair }) => pair.draft)).toEqual([null, null, null, null]);
    expect(new Set(plain?.map(({ prompt }) => prompt)).size).toBe(2);
    const kinds = [...sheet().element().querySelectorAll('tbody')].map((body) => body.dataset.kind);
    expect(kinds).toEqual(['story', 'counting', 'all']);
    const last = lastLine();
    expect(last['Identical output']).toBe('2 of 2');
    expect(Number(last.Drafted)).toBe(Number(last.Accepted) + Number(last.Rejected) + Number(last.Discarded));
    await expect.element(page.getByText(/^All 8 outputs are the same as plain decoding’s/)).toBeInTheDocument();
    await expect.element(page.getByRole('img', { name: 'Speedup over plain decoding' })).toBeInTheDocument();
  });

  it('keeps what was measured when it is stopped in the middle', async () => {
    await openExperiment();
    const engine = new ChanceEngine();
    connectEngine(engine);
    // One run makes the model ready.
    engine.options.hold = 1 + 3;
    await start().click();
    await expect.element(page.getByText(/^3 of 4 runs · about \d+ s left$/)).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await idle();
    await expect.element(page.getByText('3 of 4 runs · stopped; the results so far stay')).toBeInTheDocument();
    expect(useExperiment.getState().measured).toHaveLength(3);
    expect(sheet().element().querySelectorAll('tbody').length).toBeGreaterThan(1);
  });

  it('begins no measurement of the device once it was stopped', async () => {
    const engine = await openExperiment();
    useCalibration.setState({ measured: {} });
    engine.tasks.length = 0;
    const controller = new AbortController();
    controller.abort();
    const variants = [{ drafting: 'model', draft: 'draft', gamma: 'auto' }] as const;
    const plan = {
      prompts: [ownPrompt('A fox.')],
      variants,
      maxTokens: 12,
      fixedLength: false,
      repetitions: 1,
      temperature: 0,
      rule: 'rejection',
      seed: 1,
    } as const;
    await measurePlan(plan, controller.signal, () => {
      throw new Error('nothing is measured after a stop');
    });
    expect(engine.tasks).toEqual([]);
  });

  it('takes no wait before a run for a part of the run', async () => {
    await openExperiment();
    await idle();
    const waitMs = 3_600_000;
    let waited = 0;
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + waited);
    giveWay({
      hold: async () => {
        waited += waitMs;
      },
      release: () => undefined,
    });
    onTestFinished(() => {
      giveWay(null);
      clock.mockRestore();
    });
    await start().click();
    await idle();
    const walls = useExperiment.getState().measured.map(({ wallMs }) => wallMs);
    expect(walls).toHaveLength(4);
    expect(waited).toBeGreaterThanOrEqual(walls.length * waitMs);
    for (const wallMs of walls) expect(wallMs).toBeLessThan(waitMs);
  });

  it('keeps what was measured when a run fails, and says why', async () => {
    const engine = await openExperiment();
    await start().click();
    await idle();
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await start().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The GPU stopped answering.');
    // The first run of the second experiment failed, so the first experiment's figures stand.
    expect(useExperiment.getState().measured).toHaveLength(4);
  });

  it.each(IMPOSSIBLE)('refuses impossible settings with a message and loses nothing: %s', async (_, change, message) => {
    const engine = await openExperiment();
    await start().click();
    await idle();
    changeExperiment(change);
    await start().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent(message);
    expect(asked(engine)).toHaveLength(4);
    expect(useExperiment.getState().measured).toHaveLength(4);
  });

  it('takes a prompt of one’s own, and gives it back when it is taken away by mistake', async () => {
    const engine = await openExperiment();
    changeExperiment({ chosen: [] });
    await page.getByLabelText('A prompt of your own').fill('Repeat after me: owl');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.element(page.getByText('Repeat after me: owl', { exact: true })).toBeInTheDocument();
    await page.getByRole('button', { name: /^Remove/ }).click();
    await expect.element(page.getByText('Repeat after me: owl', { exact: true })).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Undo' }).click();
    await start().click();
    await idle();
    expect(new Set(asked(engine).map(({ prompt }) => prompt))).toEqual(new Set(['Repeat after me: owl']));
  });
});

describe('the blind vote', () => {
  it('hides whose an answer is until the vote, then counts it', async () => {
    await openExperiment();
    const engine = new ChanceEngine();
    engine.options.wrongFrom = 2;
    connectEngine(engine);
    await start().click();
    await idle();
    const vote = page.getByRole('region', { name: /blind vote/ });
    await expect.element(vote.getByText(/^Pair 1 of 2/)).toBeInTheDocument();
    expect(vote.element().textContent).not.toMatch(/Good draft|γ/);
    await vote.getByRole('button', { name: 'A is better' }).click();
    await expect.element(vote.getByText(/^The last vote went to (speculation|the target alone)\./)).toBeInTheDocument();
    await vote.getByRole('button', { name: 'No difference' }).click();
    await expect.element(vote.getByText(/That was the last pair/)).toBeInTheDocument();
    const counts = [...vote.element().querySelectorAll('dd')].map((each) => Number(each.textContent));
    expect(counts[2]).toBe(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe('typed counts', () => {
  it('come with their formula and meaning, and impossible ones are refused', async () => {
    await openExperiment();
    const typed = page.getByRole('region', { name: 'With counts of your own' });
    await typed.getByLabelText('Drafted tokens').fill('1000');
    await typed.getByLabelText('Accepted tokens').fill('720');
    await expect.element(typed.getByText('accepted ÷ drafted = 720 ÷ 1,000 = 72%')).toBeInTheDocument();
    await expect.element(typed.getByText(/^Of 100 drafted tokens, 72 were kept\./)).toBeInTheDocument();
    await typed.getByLabelText('Accepted tokens').fill('1720');
    await expect
      .element(typed.getByText('1720 accepted of 1000 drafted cannot be. Only what was drafted can be accepted.'))
      .toBeInTheDocument();
    await expect.element(typed.getByLabelText('Accepted tokens')).toHaveAttribute('aria-invalid', 'true');
    expect(typed.element().textContent).not.toContain('÷');
  });
});

describe('what is taken along', () => {
  it('names mode, draft, γ, device and versions in the worksheet and under the figure', async () => {
    const downloads = catchDownloads();
    await openExperiment();
    await start().click();
    await idle();
    for (const name of ['Worksheet as CSV', 'Worksheet as JSON', 'Figure as SVG']) await page.getByRole('button', { name }).click();
    await expect
      .poll(() => downloads.map(({ name }) => name))
      .toEqual(['foretoken-worksheet.csv', 'foretoken-worksheet.json', 'foretoken-speedup.svg']);
    const [csv, json, svg] = downloads;
    expect(csv?.text.split('\r\n')).toHaveLength(8);
    for (const word of ['speculative', 'draft', ',4,', 'memory', '0.2.86']) expect(csv?.text).toContain(word);
    expect(JSON.parse(json?.text ?? '')).toMatchObject({ versions: { webLlm: '0.2.86' }, rows: expect.any(Array) });
    for (const word of ['Good draft', 'γ 4', 'memory', 'web-llm 0.2.86']) expect(svg?.text).toContain(word);
  });
});

describe('with the keyboard alone and for everyone', () => {
  it('is chosen, started and stopped by keys', async () => {
    const engine = await openExperiment();
    const story = page.getByRole('checkbox', { name: STORY });
    story.element().focus();
    await userEvent.keyboard(' ');
    await expect.element(story).not.toBeChecked();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await idle();
    expect(new Set(asked(engine).map(({ prompt }) => prompt))).toEqual(new Set([COUNT]));
    const scroller = page.getByRole('region', { name: 'Worksheet, scrolls sideways' });
    scroller.element().focus();
    expect(document.activeElement).toBe(scroller.element());
  });

  it.each([
    ['light', 1280],
    ['light', 360],
    ['dark', 1280],
    ['dark', 390],
  ])('axe finds nothing in the %s theme at %i px, and nothing scrolls sideways', async (theme, width) => {
    document.documentElement.style.colorScheme = theme;
    await page.viewport(width, 844);
    await openExperiment();
    const engine = new ChanceEngine();
    engine.options.wrongFrom = 2;
    connectEngine(engine);
    await start().click();
    await idle();
    await page.getByLabelText('Drafted tokens').fill('-1');
    expect(await violations()).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  });
});
