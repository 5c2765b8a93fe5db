import { describe, expect, it, onTestFinished } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { scoreOf, upToTokens } from '../../src/core/modes/beTheDraft';
import { committedTokens } from '../../src/core/run/tally';
import type { RoundEvent } from '../../src/core/types';
import { stopWork, useWork } from '../../src/store/engine/work';
import { useBeTheDraft } from '../../src/store/modes/beTheDraft';
import type { Settings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt } from './support/openPage';
import { tabTo } from './support/tabTo';
import { showView } from './support/views';

const box = () => page.getByLabelText(/what comes next\?$/i);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const board = () => page.getByRole('region', { name: 'The text so far, and your draft' });
const score = () => page.getByRole('region', { name: 'Score' });
const thoughts = () => page.getByRole('region', { name: 'What the target thought' });
const status = () => board().getByRole('status');
const state = () => useBeTheDraft.getState();
const rounds = () => state().events.filter((event): event is RoundEvent => event.type === 'round');
const asked = () => expect.poll(() => state().phase).toBe('asking');
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();
/** What the target goes on to write: at temperature 0 the draft model's run has the same text. */
const ahead = (from: number, to?: number) =>
  committedTokens(state().model)
    .slice(committedTokens(state().events).length)
    .slice(from, to)
    .map(({ text }) => text)
    .join('');

async function openBeTheDraft(settings: Partial<Settings> = {}) {
  useBeTheDraft.setState(useBeTheDraft.getInitialState());
  const engine = await openPage({ settings: { prompt: 'A fox.', maxTokens: 12, adaptive: false, ...settings } });
  await showView('be-the-draft');
  await expect.element(button('Play')).toBeInTheDocument();
  return engine;
}

async function begin(): Promise<void> {
  await button('Play').click();
  await asked();
}

/** Has `text` judged, and waits for the next question or for the end. */
async function say(text: string): Promise<void> {
  const before = rounds().length;
  await box().fill(text);
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => rounds().length > before && state().phase !== 'judging').toBe(true);
}

async function passOnce(): Promise<void> {
  const before = rounds().length;
  await button('Pass').click();
  await expect.poll(() => rounds().length > before && state().phase !== 'judging').toBe(true);
}

describe('a person who drafts', () => {
  it('is judged token by token, and scored next to the draft model on the same text', async () => {
    const engine = await openBeTheDraft();
    await begin();
    const settings = engine.tasks.flatMap((task) => (task.type === 'run' ? [task.settings] : []));
    expect(settings.map(({ drafting, gamma }) => [drafting, gamma])).toEqual([
      ['model', 4],
      ['person', 'auto'],
    ]);
    await say(`${ahead(0, 2)} oak oak`);
    const [, first] = rounds();
    expect(first?.source).toBe('person');
    const verdicts = first?.tokens.map(({ verdict }) => verdict) ?? [];
    expect(verdicts).toEqual(['accepted', 'accepted', 'rejected', 'discarded', 'corrected']);
    await expect.poll(() => [...thoughts().element().querySelectorAll('li')].map((item) => item.dataset.verdict)).toEqual(verdicts);
    const own = first?.tokens.at(-1)?.text.trim();
    await expect
      .element(status())
      .toHaveTextContent(`Round 1: 2 of 4 drafted tokens accepted; the target wrote “${own}” instead. Your turn.`);
    // The rejected token shows p, and the target's own one in its place.
    await expect.element(thoughts().getByRole('listitem').nth(2)).toHaveTextContent('p = 0.00');
    await expect.element(thoughts().getByRole('listitem').nth(2)).toHaveTextContent('1.00');
    await expect.element(thoughts().getByRole('listitem').nth(3)).toHaveTextContent('never judged');
    await expect.element(score()).toHaveTextContent('2 of 3 judged accepted, α 67%');
    const model = scoreOf(upToTokens(state().model, committedTokens(state().events).length));
    expect(model.judged).toBeGreaterThan(0);
    await expect.element(score()).toHaveTextContent(`${model.accepted} of ${model.judged} judged accepted`);
    await expect.element(score()).toHaveTextContent('On the same part of the same text.');
  });

  it('plays to the end, which gives both scores', async () => {
    await openBeTheDraft();
    await begin();
    for (let round = 0; round < 12 && state().phase === 'asking'; round++) {
      const next = ahead(0, 1);
      if (next.trim() === '') await passOnce();
      else await say(next);
    }
    await idle();
    await expect.element(status()).toHaveTextContent('The text has reached its limit. You 100% accepted, the draft model');
    expect(committedTokens(state().events).map(({ id }) => id)).toEqual(committedTokens(state().model).map(({ id }) => id));
    const { judged, passes } = scoreOf(state().events);
    expect(judged).toBeGreaterThan(2);
    await expect.element(score()).toHaveTextContent(`12 tokens in ${passes}`);
    await expect.element(box()).toHaveAttribute('readonly');
  });

  it('gets the reason why a guess cannot be judged, and keeps what was typed', async () => {
    await openBeTheDraft();
    await begin();
    const before = rounds().length;
    await box().fill(' ');
    await userEvent.keyboard('{Enter}');
    await expect.element(board().getByRole('alert')).toHaveTextContent('Nothing is typed. Type what you think comes next, or pass.');
    const long = ' fox'.repeat(101);
    await box().fill(long);
    await expect.element(board().getByRole('alert')).not.toBeInTheDocument();
    await userEvent.keyboard('{Enter}');
    await expect.element(board().getByRole('alert')).toHaveTextContent('This has 404 characters; a round takes up to 400.');
    await expect.element(box()).toHaveValue(long);
    expect(rounds()).toHaveLength(before);
    expect(state().phase).toBe('asking');
    // What fits is judged as far as the round goes.
    await say(' fox'.repeat(50));
    await expect.element(status()).toHaveTextContent('Only the first 10 tokens could be judged.');
  });

  it('gets a message if nothing of the typed text is in the vocabulary, or half a character', async () => {
    await openBeTheDraft();
    await begin();
    await say('¿\ud83d?');
    await expect.element(status()).toHaveTextContent('Round 1: nothing of “¿�?” is in the models’ vocabulary. The target wrote');
    expect(rounds()[1]?.tokens.map(({ verdict }) => verdict)).toEqual(['plain']);
  });

  it('may pass, and the target writes one token', async () => {
    await openBeTheDraft();
    await begin();
    await passOnce();
    await expect.element(status()).toHaveTextContent('Round 1: passed. The target wrote');
    await expect.element(box()).toHaveFocus();
  });

  it('who stops while the target waits keeps the score, and may play again', async () => {
    const engine = await openBeTheDraft();
    await begin();
    await say(ahead(0, 2));
    const { events } = state();
    await userEvent.keyboard('{Escape}');
    await idle();
    expect(state().events.slice(0, events.length)).toEqual(events);
    expect(state().events.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    await expect.element(status()).toHaveTextContent('Stopped; the score stands.');
    await expect.element(score()).toHaveTextContent('2 of 2 judged accepted');
    expect(engine.tasks.filter((task) => task.type === 'run')).toHaveLength(2);
    await begin();
    expect(committedTokens(state().events)).toHaveLength(1);
  });

  it('who goes to another view finds what was played', async () => {
    await openBeTheDraft();
    await begin();
    await say(ahead(0, 2));
    location.hash = '#watch';
    await idle();
    location.hash = '#be-the-draft';
    await expect.element(score()).toHaveTextContent('2 of 2 judged accepted');
    await expect.element(status()).toHaveTextContent('Stopped; the score stands.');
  });

  it('is told why a run failed, and keeps the score', async () => {
    const engine = await openBeTheDraft();
    await begin();
    await button('Stop').click();
    await idle();
    const { events, model } = state();
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await button('Play').click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The GPU stopped answering.');
    await idle();
    // It was the draft model's run, so the game before is still there.
    expect(state().events).toBe(events);
    expect(state().model).toBe(model);
    await begin();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });

  it('whose own run fails between two rounds is told so, and the score stands', async () => {
    const engine = await openBeTheDraft();
    // From the moment on when the draft model has played.
    const leave = useBeTheDraft.subscribe(({ model }, before) => {
      if (model !== before.model) engine.options.failure = new FailureError('internal', 'The engine broke.', 'Run again.');
    });
    onTestFinished(leave);
    await begin();
    await say(ahead(0, 2));
    await button('Pass').click();
    await idle();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The engine broke.');
    await expect.element(score()).toHaveTextContent('2 of 2 judged accepted');
    await expect.element(box()).toHaveAttribute('readonly');
    leave();
    await begin();
    expect(rounds()).toHaveLength(1);
  });

  it('is asked for a prompt, with the focus in its box', async () => {
    const engine = await openBeTheDraft({ prompt: ' ' });
    await button('Play').click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The prompt is empty.');
    await expect.element(prompt()).toHaveFocus();
    await prompt().fill('A fox.');
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
    expect(engine.tasks.filter((task) => task.type === 'run')).toEqual([]);
  });

  it('plays by keyboard alone', async () => {
    await openBeTheDraft();
    await tabTo(prompt().element());
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await asked();
    await expect.element(box()).toHaveFocus();
    // The blank stands there already, where the last token ends in none.
    await expect.element(box()).toHaveValue(' ');
    await userEvent.keyboard('oak{Enter}');
    await expect.poll(() => rounds().length).toBe(2);
    await asked();
    expect(rounds()[1]?.source).toBe('person');
    await expect.element(box()).toHaveFocus();
    await userEvent.keyboard('{Tab}{Tab}{Enter}');
    await expect.poll(() => rounds().length).toBe(3);
    expect(rounds()[2]?.source).toBeNull();
  });

  it('is judged alike however many blanks are typed before, between and after the words', async () => {
    await openBeTheDraft();
    for (const spaced of [(words: string) => ` ${words}`, (words: string) => `   ${words.replaceAll(' ', '  ')}  `]) {
      await begin();
      const words = ahead(0, 2);
      expect(words).toMatch(/^ \S+ \S+$/);
      const before = rounds().length;
      // Behind the blank that stands in the box already.
      await box().click();
      await userEvent.keyboard(`{End}${spaced(words)}{Enter}`);
      await expect.poll(() => rounds().length > before && state().phase === 'asking').toBe(true);
      expect(rounds()[before]?.tokens.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'bonus']);
      await expect.element(status()).not.toHaveTextContent('could be judged');
      stopWork();
      await idle();
    }
  });

  it('may be a room in teams, which take turns', async () => {
    await openBeTheDraft();
    await page.getByRole('group', { name: 'Teams' }).getByText('2').click();
    await begin();
    await expect.element(page.getByLabelText('Team 1: what comes next?')).toBeInTheDocument();
    await say(ahead(0, 2));
    await expect.element(page.getByLabelText('Team 2: what comes next?')).toBeInTheDocument();
    await say(' oak');
    const rows = () => [...score().element().querySelectorAll('tbody tr')].map((row) => row.textContent);
    await expect.poll(rows).toEqual(['Team 12 of 2100%', 'Team 20 of 10%']);
  });

  it('is told which stretch is compared where sampling writes another text', async () => {
    await openBeTheDraft({ temperature: 1, rule: 'rejection' });
    await begin();
    await expect.element(score()).toHaveTextContent('On the part of the text that you have reached.');
  });
});

describe.each(['light', 'dark'])('a game in the %s theme', (theme) => {
  it.each([
    [1280, 720],
    [390, 844],
    [360, 740],
  ])('at %i × %i has nothing that axe finds, and no sideways scroll', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.dataset.theme = theme;
    await openBeTheDraft();
    await page.getByRole('group', { name: 'Teams' }).getByText('3').click();
    await begin();
    await say(`${ahead(0, 2)} oak oak`);
    await userEvent.keyboard('{Control>}a{/Control}{Delete}{Enter}');
    await expect.element(board().getByRole('alert')).toBeInTheDocument();
    expect(await violations(theme)).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
    // What a game is played with is in sight of a room at once.
    if (width === 1280) {
      box().element().scrollIntoView({ block: 'nearest' });
      const { top, bottom } = board().element().getBoundingClientRect();
      expect(bottom - top).toBeLessThan(height);
    }
  });
});
