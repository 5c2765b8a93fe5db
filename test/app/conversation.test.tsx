import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { outputText } from '../../src/core/loop/text';
import { committedTokens, tally } from '../../src/core/run/tally';
import { chooseTarget } from '../../src/store/engine/loading';
import { stopWork, useWork } from '../../src/store/engine/work';
import { useConversation } from '../../src/store/modes/conversation';
import type { Settings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage } from './support/openPage';
import { recordedFile } from './support/recordings';
import { tabTo } from './support/tabTo';
import { showView } from './support/views';

const box = () => page.getByLabelText('Your turn');
const turn = (number: number) => page.getByRole('listitem', { name: `Turn ${number}`, exact: true });
const answer = (number: number) => page.getByRole('log', { name: `Answer of turn ${number}` });
const button = (name: string) => page.getByRole('complementary').getByRole('button', { name });
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();
const turns = () => useConversation.getState().turns;
const figure = (number: number, key: string) => turn(number).element().querySelector(`[data-count="${key}"]`)?.textContent;
const marks = (number: number) =>
  [...answer(number).element().querySelectorAll<HTMLElement>('[data-verdict]')].map(({ dataset }) => dataset.verdict);

async function openConversation(settings: Partial<Settings> = {}) {
  useConversation.setState(useConversation.getInitialState());
  const engine = await openPage({ settings: { maxTokens: 12, adaptive: false, ...settings } });
  await showView('conversation');
  await expect.element(box()).toBeInTheDocument();
  return engine;
}

async function say(question: string): Promise<void> {
  await box().fill(question);
  await userEvent.keyboard('{Enter}');
  await idle();
}

describe('before anything was asked', () => {
  it('shows a recorded conversation, as a recording, until a question takes its place', async () => {
    useConversation.setState(useConversation.getInitialState());
    const engine = await openPage({ settings: { maxTokens: 12, adaptive: false } });
    vi.mocked(fetch).mockImplementation(async (url) => recordedFile(String(url)));
    await showView('conversation');
    await expect.element(page.getByText('A recording')).toBeInTheDocument();
    expect(turns()).toHaveLength(3);
    await expect.poll(() => figure(1, 'reused')).toBe('0%');
    await expect.poll(() => Number.parseInt(figure(3, 'reused') ?? '', 10)).toBeGreaterThan(50);
    expect(await violations()).toEqual([]);
    // Nothing can be done with a recording that belongs to a conversation of one's own.
    await expect.element(page.getByRole('button', { name: 'Ask again' })).not.toBeInTheDocument();
    await expect.element(button('New conversation')).toHaveAttribute('aria-disabled', 'true');
    await say('A fox.');
    expect(turns().map(({ question }) => question)).toEqual(['A fox.']);
    const run = engine.tasks.find((task) => task.type === 'run');
    expect(run?.turns).toEqual([]);
    await expect.element(page.getByText('A recording')).not.toBeInTheDocument();
  });

  it('opens a recorded turn step by step, still as a recording', async () => {
    useConversation.setState(useConversation.getInitialState());
    await openPage();
    vi.mocked(fetch).mockImplementation(async (url) => recordedFile(String(url)));
    await showView('conversation');
    await turn(2).getByRole('button', { name: 'Step by step' }).click();
    await expect.element(page.getByText(/^Round \d+ of \d+, step/)).toBeInTheDocument();
    await expect.element(page.getByText('A recording')).toBeInTheDocument();
  });
});

describe('a conversation', () => {
  it('goes on from the turns before, with the tokens that were written, and shows what the caches kept', async () => {
    const engine = await openConversation();
    await say('A fox.');
    await say('Go on.');
    const [, second] = engine.tasks.filter((task) => task.type === 'run');
    const [first] = turns();
    const ids = committedTokens(first?.events ?? []).map(({ id }) => id);
    expect(second?.turns).toMatchObject([{ question: 'A fox.', ids }]);
    // Six letters and twelve tokens, of which the last is in no cache yet.
    await expect.poll(() => figure(1, 'reused')).toBe('0%');
    await expect.element(turn(2)).toHaveTextContent('17 of 24 tokens');
    for (const [i, each] of turns().entries()) {
      const { acceptanceRate } = tally(each.events);
      await expect.poll(() => figure(i + 1, 'acceptanceRate')).toBe(`${Math.round(100 * (acceptanceRate ?? 0))}%`);
      const judged = each.events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ verdict }) => verdict) : []));
      await expect.poll(() => marks(i + 1)).toEqual(judged);
    }
    const trend = page.getByRole('complementary').getByRole('listitem');
    await expect
      .poll(() => trend.elements().map((item) => item.textContent))
      .toEqual(turns().map((_, i) => expect.stringContaining(`Turn ${i + 1}: α`)));
    await expect.element(page.getByRole('progressbar', { name: 'Context' })).toHaveAttribute('aria-valuenow', '36');
  });

  it('goes on with another target from the text of the turns before, whose ids are the first one’s', async () => {
    useConversation.setState(useConversation.getInitialState());
    const further = () => Response.json(FURTHER_MANIFEST);
    const engine = await openPage({ further, settings: { maxTokens: 12, adaptive: false } });
    await showView('conversation');
    await say('A fox.');
    await chooseTarget('general');
    await say('Go on.');
    const text = outputText(turns()[0]?.events ?? []);
    expect(text).not.toBe('');
    expect(engine.runs.at(-1)).toMatchObject({ pair: { target: { id: 'general' } } });
    expect(engine.runs.at(-1)?.turns).toEqual([{ question: 'A fox.', answer: text }]);
    await say('And then?');
    const ids = committedTokens(turns()[1]?.events ?? []).map(({ id }) => id);
    expect(engine.runs.at(-1)?.turns).toMatchObject([{ answer: text }, { question: 'Go on.', ids }]);
    // Back at the first target, its own answer is as it was written.
    await chooseTarget('target');
    await say('The end?');
    expect(engine.runs.at(-1)?.turns.map((each) => 'ids' in each)).toEqual([true, false, false]);
  });

  it('stopped in a turn keeps what there is, goes on from it, and can ask again', async () => {
    const engine = await openConversation();
    engine.options.hold = 3;
    await box().fill('A fox.');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => turns()[0]?.events.filter(({ type }) => type === 'round').length).toBe(3);
    await userEvent.keyboard('{Escape}');
    await idle();
    const written = committedTokens(turns()[0]?.events ?? []);
    await expect.element(turn(1)).toHaveTextContent('Stopped; the text so far is part of the conversation.');
    engine.options.hold = null;
    await say('Go on.');
    await expect.element(turn(2)).toHaveTextContent(`${6 + written.length - 1} of ${12 + written.length} tokens`);
    await turn(2).getByRole('button', { name: 'Ask again' }).click();
    await idle();
    expect(turns().map(({ question }) => question)).toEqual(['A fox.', 'Go on.']);
  });

  it('says why a turn failed, keeps what was written, and can ask again', async () => {
    const engine = await openConversation();
    await say('A fox.');
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await say('Go on.');
    await expect.element(page.getByRole('alert')).toHaveTextContent('The GPU stopped answering.');
    expect(committedTokens(turns()[1]?.events ?? []).length).toBeGreaterThan(0);
    await turn(2).getByRole('button', { name: 'Ask again' }).click();
    await idle();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
    expect(turns()[1]?.events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
  });

  it('keeps an answer when asking again fails', async () => {
    const engine = await openConversation();
    await say('A fox.');
    const before = turns();
    engine.forget();
    engine.options.pace = 50;
    await turn(1).getByRole('button', { name: 'Ask again' }).click();
    await expect.poll(() => turns()[0]?.events.length).toBe(0);
    stopWork();
    await idle();
    await expect.poll(turns).toBe(before);
    await expect.element(answer(1)).toBeInTheDocument();
  });

  it('is cleared and brought back', async () => {
    await openConversation();
    await say('A fox.');
    const before = turns();
    await button('New conversation').click();
    await expect.poll(turns).toEqual([]);
    await expect.element(page.getByRole('heading', { name: 'To begin with' })).toBeInTheDocument();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(turns).toBe(before);
    await expect.element(answer(1)).toBeInTheDocument();
  });

  it('that no longer fits says so, and leaves out its oldest turns or begins again', async () => {
    const engine = await openConversation();
    engine.options.context = 60;
    engine.forget();
    for (const question of ['A fox.', 'A bell.']) await say(question);
    await say('A river that runs under an old oak, and a bell.');
    const alert = page.getByRole('alert');
    await expect.element(alert).toHaveTextContent(/The prompt has 84 tokens; these models hold 60\..*no longer fits into the context/);
    await alert.getByRole('button', { name: 'Leave out the oldest turns' }).click();
    await idle();
    // One turn of eighteen tokens is left out, which is not enough; then the other.
    await expect.element(turn(1)).toHaveTextContent('Left out');
    await alert.getByRole('button', { name: 'Leave out the oldest turns' }).click();
    await idle();
    await expect.element(alert).not.toBeInTheDocument();
    await expect.element(turn(2)).toHaveTextContent('Left out');
    expect(engine.tasks.filter((task) => task.type === 'run').at(-1)).toMatchObject({ turns: [] });
    expect(committedTokens(turns()[2]?.events ?? []).length).toBeGreaterThan(0);
  });

  it('asks for a question when the field is empty, and loses nothing', async () => {
    const engine = await openConversation();
    await say('A fox.');
    const before = turns();
    await say('  ');
    await expect.element(page.getByRole('alert')).toHaveTextContent('The prompt is empty.');
    await expect.element(box()).toHaveFocus();
    expect(turns()).toBe(before);
    expect(engine.tasks.filter((task) => task.type === 'run')).toHaveLength(1);
    await box().fill('A');
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });

  it('goes by keyboard alone', async () => {
    await openConversation();
    await tabTo(box().element());
    await userEvent.keyboard('A fox.{Shift>}{Enter}{/Shift}Or two.{Enter}');
    await idle();
    expect(turns()[0]?.question).toBe('A fox.\nOr two.');
    await expect.element(box()).toHaveFocus();
    await expect.element(page.getByRole('status').filter({ hasText: /^Turn 1: 12 tokens, α \d+%/ })).toBeInTheDocument();
    answer(1).element().focus();
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(page.getByRole('tooltip')).toHaveTextContent('Plain');
  });
});

describe.each(['light', 'dark'])('a conversation in the %s theme', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
    [360, 740],
  ])('at %i × %i has nothing that axe finds, and no sideways scroll', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    await openConversation();
    expect(await violations(theme)).toEqual([]);
    await say('A fox.');
    await say('A_word_that_never_ends_'.repeat(12));
    expect(await violations(theme)).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  });
});
