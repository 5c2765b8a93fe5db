import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ACTIONS } from '../../src/actions/registry';
import { occupy, stopWork } from '../../src/store/engine/work';
import { sayWhyNot, tell, useNotice } from '../../src/store/page/notice';
import { openPalette } from '../../src/store/page/palette';
import { useRun } from '../../src/store/run/run';
import { openPage, prompt, runToEnd } from './support/openPage';
import { showView } from './support/views';

const said = (word: string) => page.getByRole('status').filter({ hasText: word });
const RUN = '{Control>}{Enter}{/Control}';

/** Views that have something to run. */
const RUNNING_VIEWS = ['watch', 'race', 'conversation', 'be-the-draft', 'proof', 'experiment', 'claims', 'step'];

/** What each key says where it can do nothing. */
const UNAVAILABLE = [
  { view: 'watch', keys: 'p', says: 'There is no run to pin.' },
  { view: 'watch', keys: '<', says: 'There is nothing to replay here.' },
  { view: 'watch', keys: '{Control>}z{/Control}', says: 'There is nothing to undo.' },
  { view: 'claims', keys: '/', says: 'This view has no prompt.' },
  { view: 'race', keys: 'p', says: 'There is no race to replay yet.' },
  { view: 'race', keys: '{ArrowRight}', says: 'There is no race to replay yet.' },
  { view: 'step', keys: '{ArrowRight}', says: 'There is no run to step through.' },
];

/** Takes the models until the test ends. */
function takeModels(): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = occupy('experiment', () => promise);
  onTestFinished(async () => {
    resolve();
    await work;
  });
}

beforeEach(() => sayWhyNot(''));

describe('a key whose action cannot be done now', () => {
  it.each(RUNNING_VIEWS)('says in %s that the models are busy, and how to stop them', async (view) => {
    const engine = await openPage();
    await showView(view);
    takeModels();
    await userEvent.keyboard(RUN);
    await expect.element(said('The models are busy; Esc stops them.')).toBeInTheDocument();
    stopWork();
    await userEvent.keyboard(RUN);
    await expect.element(said('The models are stopping; try again in a moment.')).toBeInTheDocument();
    expect(engine.runs).toEqual([]);
  });

  it.each(UNAVAILABLE)('says why: $keys in $view', async ({ view, keys, says }) => {
    await openPage();
    await showView(view);
    await userEvent.keyboard(keys);
    await expect.element(said(says)).toBeInTheDocument();
  });

  it('leaves what can be undone', async () => {
    await openPage();
    takeModels();
    tell('The run is deleted.', () => tell('It is back.'));
    await userEvent.keyboard(RUN);
    await expect.element(said('The models are busy; Esc stops them.')).toBeInTheDocument();
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(useNotice.getState().text).toBe('It is back.');
  });

  it('is silent again once a key does something', async () => {
    await openPage();
    await userEvent.keyboard('p');
    await expect.element(said('There is no run to pin.')).toBeInTheDocument();
    await prompt().fill('A fox.');
    await userEvent.keyboard(RUN);
    await expect.element(said('There is no run to pin.')).not.toBeInTheDocument();
    await expect.poll(() => useRun.getState().activity).toBe('idle');
  });

  it('has its reason in the search too', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    openPalette('search');
    await page.getByRole('combobox', { name: 'Search the page' }).fill('faster');
    await expect.element(page.getByRole('option', { name: /^Faster/ })).toHaveTextContent('This is the fastest pace.');
  });

  it('has a reason to give, whichever it is', () => {
    const silent = ACTIONS.filter(({ keys, when, whyNot }) => keys.length > 0 && !whyNot && !when());
    // These keys are of a presentation, of a person's turn and of a replay, and belong to others otherwise.
    const others = new Set([
      'present-blank',
      'present-full-screen',
      'present-notes',
      'present-end',
      'be-the-draft-judgeTyped',
      'show-whole',
    ]);
    expect(silent.map(({ id }) => id).filter((id) => !others.has(id))).toEqual([]);
  });
});
