import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { calibrationOf, measureCalibration } from '../../src/store/engine/calibration';
import { chosenPair } from '../../src/store/engine/catalogue';
import { useRun } from '../../src/store/run/run';
import { DEFAULT_SETTINGS, useSettings } from '../../src/store/run/settings';
import { openPage, prompt, runToEnd } from './support/openPage';

const KEY = 'foretoken.settings';

/** What a visit finds that begins with `stored` in the browser's storage. */
async function reopenedWith(stored: string): Promise<unknown> {
  useSettings.setState(DEFAULT_SETTINGS);
  localStorage.setItem(KEY, stored);
  await useSettings.persist.rehydrate();
  return useSettings.getState();
}

describe('settings', () => {
  it('fill the prompt from examples of different kinds, two of them marked as hard by text', async () => {
    await openPage();
    const examples = page.getByRole('group', { name: 'Examples' }).getByRole('button');
    expect(examples.elements().length).toBeGreaterThanOrEqual(6);
    const hard = examples.elements().filter((element) => element.textContent?.includes('hard for a weak draft'));
    expect(hard.length).toBeGreaterThanOrEqual(2);
    const prompts = new Set<string>();
    for (const example of examples.all()) {
      await example.click();
      await expect.element(example).toHaveAttribute('aria-pressed', 'true');
      prompts.add((prompt().element() as HTMLTextAreaElement).value);
    }
    expect(prompts.size).toBe(examples.elements().length);
    expect(prompts.has('')).toBe(false);
  });

  it('come with who drafts and at which temperature where an example is hard, and the next example gives both back', async () => {
    await openPage();
    const example = (name: string) => page.getByRole('group', { name: 'Examples' }).getByRole('button', { name });
    await example('Random words').click();
    expect(useSettings.getState()).toMatchObject({ draft: 'weak-draft', temperature: 0.8, prompt: 'Write 30 random words.' });
    await example('A story').click();
    expect(useSettings.getState()).toMatchObject({ draft: 'draft', temperature: 0 });
    // What a person chose since is theirs.
    await example('A list to copy').click();
    expect(useSettings.getState()).toMatchObject({ draft: 'weak-draft', temperature: 0 });
    useSettings.setState({ temperature: 1.2 });
    await example('A question').click();
    expect(useSettings.getState()).toMatchObject({ draft: 'weak-draft', temperature: 1.2 });
  });

  it('reach the engine', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    await page.getByText('Weak draft', { exact: true }).click();
    await page.getByLabelText('Draft length γ').fill('7');
    await page.getByLabelText('Most tokens').fill('33');
    await page.getByText('N-gram, then model', { exact: true }).click();
    await page.getByLabelText('Temperature').fill('0.8');
    await page.getByLabelText('Seed').fill('12');
    await page.getByText('Coupled', { exact: true }).click();
    await runToEnd();
    const task = engine.tasks.findLast((each) => each.type === 'run');
    expect(task).toMatchObject({
      pair: { target: { id: 'target', folder: new URL('models/target', document.baseURI).href }, draft: { id: 'weak-draft' } },
      prompt: 'A fox.',
      settings: {
        mode: 'speculative',
        drafting: 'mixed',
        gamma: 7,
        maxTokens: 33,
        sampling: { temperature: 0.8, seed: 12, rule: 'coupled' },
      },
    });
  });

  it('let every round’s draft have the length that is expected to be fastest, from what was measured before', async () => {
    const engine = await openPage({ settings: { adaptive: true } });
    await prompt().fill('A fox.');
    await expect.element(page.getByLabelText('Draft length γ')).toBeDisabled();
    await runToEnd();
    await measureCalibration();
    await runToEnd();
    const runs = engine.tasks.filter((each) => each.type === 'run');
    expect(runs.map(({ settings }) => settings.gamma)).toEqual(['auto', 'auto']);
    expect(runs.map(({ calibration }) => calibration)).toEqual([null, calibrationOf(chosenPair())]);
    const lengths = useRun.getState().events.flatMap((event) => (event.type === 'round' ? [event.limits.model] : []));
    expect(new Set(lengths).size).toBeGreaterThan(1);
    expect(engine.tasks.filter((each) => each.type === 'calibrate')).toHaveLength(1);
  });

  it('load the chosen draft at once', async () => {
    const engine = await openPage();
    await page.getByText('Weak draft', { exact: true }).click();
    await expect.poll(() => engine.tasks.at(-1)).toMatchObject({ type: 'load', pair: { draft: { id: 'weak-draft' } } });
    await expect.element(page.getByText('0.3M', { exact: false }).or(page.getByText('300K parameters'))).toBeInTheDocument();
  });

  it('are remembered, the prompt is not', async () => {
    await openPage();
    await prompt().fill('A secret.');
    await page.getByText('Plain decoding', { exact: true }).click();
    await page.getByLabelText('Most tokens').fill('33');
    const stored = localStorage.getItem(KEY) ?? '';
    expect(stored).not.toContain('secret');
    expect(await reopenedWith(stored)).toMatchObject({ mode: 'plain', maxTokens: 33, gamma: 4, prompt: '' });
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '3'],
    ['null', 'null'],
    ['no state', '{"version":1}'],
    ['a state of another shape', '{"state":[1,2],"version":1}'],
    ['a later version', '{"state":{"mode":"plain","draft":"x","gamma":3,"maxTokens":5},"version":9}'],
    ['values out of range', '{"state":{"mode":"quick","draft":"","gamma":99,"maxTokens":null},"version":1}'],
  ])('are the defaults when what is stored is %s', async (_, stored) => {
    expect(await reopenedWith(stored)).toEqual(DEFAULT_SETTINGS);
  });

  it('keep what can be used beside a value that cannot', async () => {
    const stored = '{"state":{"mode":"plain","draft":"weak-draft","gamma":99,"maxTokens":50},"version":1}';
    expect(await reopenedWith(stored)).toMatchObject({ mode: 'plain', draft: 'weak-draft', gamma: 4, maxTokens: 50 });
  });

  it('fall back to a draft that the pair has', async () => {
    await openPage();
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    expect(useSettings.getState().draft).toBe('draft');
  });
});
