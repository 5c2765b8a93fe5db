import { describe, expect, it, onTestFinished } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { startOf } from '../../src/core/run/tally';
import { connectEngine } from '../../src/store/engine/connection';
import { useWork } from '../../src/store/engine/work';
import { useClaims } from '../../src/store/modes/claims';
import { EXPERIMENT_PROMPTS } from '../../src/store/modes/experimentPrompts';
import { useRun } from '../../src/store/run/run';
import { fitsTheWidth, violations } from './support/accessible';
import { ChanceEngine } from './support/chanceEngine';
import type { FakeEngine } from './support/fakeEngine';
import { openPage } from './support/openPage';

async function openClaims(): Promise<FakeEngine> {
  const engine = await openPage();
  useClaims.setState(useClaims.getInitialState());
  location.hash = '#claims';
  onTestFinished(() => {
    location.hash = '';
  });
  await expect.element(measureAll()).toBeInTheDocument();
  return engine;
}

const measureAll = () => page.getByRole('button', { name: 'Measure all claims' });
const claim = (name: string) => page.getByRole('article', { name });
const verdicts = () =>
  page
    .getByRole('article')
    .getByRole('status')
    .elements()
    .map((each) => each.textContent);
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();

describe('claims', () => {
  it('have no verdict before anything was measured', async () => {
    await openClaims();
    expect(verdicts()).toEqual(Array(6).fill('Not measured'));
  });

  it('get one from short runs, which can be looked at', async () => {
    const engine = await openClaims();
    await claim('There is no loss of quality.')
      .getByRole('button', { name: /^Measure/ })
      .click();
    await idle();
    const loss = claim('There is no loss of quality.');
    await expect.element(loss.getByRole('status')).toHaveTextContent('Holds here');
    await expect.element(loss.getByText(/^8 of 8 outputs identical/)).toBeInTheDocument();
    expect(verdicts().filter((each) => each === 'Not measured')).toHaveLength(5);
    expect(engine.tasks.length).toBeGreaterThan(16);
    await loss.getByText('The 16 runs behind it').click();
    await loss.getByRole('button', { name: /^Watch it: Weak draft, γ 4: “Write a TypeScript function/ }).click();
    await expect.poll(() => location.hash).toBe('#watch');
    expect(startOf(useRun.getState().events)?.prompt).toBe(EXPERIMENT_PROMPTS.find(({ kind }) => kind === 'code')?.prompt);
    await expect.element(page.getByRole('log', { name: 'Output' })).toBeInTheDocument();
  });

  it('do not hold where an output differs', async () => {
    await openClaims();
    const engine = new ChanceEngine();
    engine.options.wrongFrom = 5;
    connectEngine(engine);
    const loss = claim('There is no loss of quality.');
    await loss.getByRole('button', { name: /^Measure/ }).click();
    await idle();
    await expect.element(loss.getByRole('status')).toHaveTextContent('Does not hold here');
    await expect.element(loss.getByText(/^0 of 8 outputs identical/)).toBeInTheDocument();
  });

  it('say why nothing can be said where a device has no clock', async () => {
    await openClaims();
    const cheap = claim('Verification costs little.');
    await cheap.getByRole('button', { name: /^Measure/ }).click();
    await idle();
    await expect.element(cheap.getByRole('status')).toHaveTextContent('Not measured');
    await expect.element(cheap.getByText(/no clock that the page can read/)).toBeInTheDocument();
  });

  it('keeps what was measured when it is stopped', async () => {
    await openClaims();
    const engine = new ChanceEngine();
    connectEngine(engine);
    // One run makes the model ready; nine of the first ten are measured.
    engine.options.hold = 1 + 9;
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(claim('It is two to three times faster.').getByText('9 of 10 runs')).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await idle();
    expect(useClaims.getState().evidence.speed).toHaveLength(9);
    await expect.element(claim('It is two to three times faster.').getByRole('status')).toHaveTextContent(/holds?/i);
    expect(verdicts().filter((each) => each === 'Not measured')).toHaveLength(4);
  });

  it('tell why a measurement failed', async () => {
    const engine = await openClaims();
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await measureAll().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The GPU stopped answering.');
    expect(verdicts()).toEqual(Array(6).fill('Not measured'));
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
    ['light', 360],
  ])('axe finds nothing in the %s theme at %i px, and nothing scrolls sideways', async (theme, width) => {
    document.documentElement.style.colorScheme = theme;
    await page.viewport(width, 844);
    await openClaims();
    connectEngine(new ChanceEngine());
    await measureAll().click();
    await idle();
    await claim('A bigger draft is better.')
      .getByText(/^The \d+ runs behind it/)
      .click();
    expect(await violations()).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  });
});
