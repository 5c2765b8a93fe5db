import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { draftsOf } from '../../src/core/run/moment';
import { useStepper } from '../../src/store/recordings/stepper';
import { startRun, useRun } from '../../src/store/run/run';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const place = () => page.getByText(/^Round \d+ of \d+, step \d+ of \d+/);
const firstDrafted = () =>
  useRun
    .getState()
    .events.filter((event) => event.type === 'round')
    .findIndex((round) => draftsOf(round).length > 0) + 1;

async function openSteps(settings = {}): Promise<void> {
  await openPage({ settings: { adaptive: false, prompt: 'A fox.', maxTokens: 40, ...settings } });
  await showView('step');
  await startRun();
}

describe('a run, step by step', () => {
  it('begins at its first round that drafted, and from its first step', async () => {
    await openSteps();
    expect(firstDrafted()).toBe(2);
    await expect.element(place()).toHaveTextContent(/^Round 2 of/);
    const { at } = useStepper.getState();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(place()).toHaveTextContent(/^Round 1 of/);
    expect(useStepper.getState().at).toBe(at - 1);
    await userEvent.keyboard('{Home}');
    await expect.element(place()).toHaveTextContent(/^Round 1 of \d+, step 1 of/);
  });

  it('begins at its first step where nothing was drafted', async () => {
    await openSteps({ mode: 'plain' });
    await expect.element(place()).toHaveTextContent(/^Round 1 of \d+, step 1 of/);
  });

  it('stays where a person went while the run grows', async () => {
    const engine = await openPage({ settings: { adaptive: false, prompt: 'A fox.', maxTokens: 40 } });
    await showView('step');
    engine.options.hold = 3;
    const running = startRun();
    await expect.poll(() => useRun.getState().events.filter(({ type }) => type === 'round').length).toBe(3);
    await userEvent.keyboard('{Home}');
    expect(useStepper.getState()).toMatchObject({ at: 0, moved: true });
    await userEvent.keyboard('{Escape}');
    await running;
    await expect.element(place()).toHaveTextContent(/^Round 1 of \d+, step 1 of/);
  });

  it('has four buttons, and a key for every other way', async () => {
    await openSteps();
    const controls = document.querySelector('.step-controls');
    expect([...(controls?.querySelectorAll('button') ?? [])].map(({ firstChild }) => firstChild?.textContent)).toEqual([
      'Back',
      'Next',
      'Next round',
      'Next rejection',
    ]);
    for (const other of ['Next verdict', 'Round before', 'First step', 'Last step']) expect(controls?.textContent).toContain(other);
    await userEvent.keyboard('{End}');
    await expect.element(page.getByText(/step (\d+) of \1 /)).toBeInTheDocument();
    await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    expect(useStepper.getState().at).toBeGreaterThan(0);
  });
});
