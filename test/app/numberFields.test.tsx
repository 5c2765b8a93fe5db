import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useCatalogue } from '../../src/store/engine/catalogue';
import { changeExperiment, useExperiment } from '../../src/store/modes/experiment';
import { useProof } from '../../src/store/modes/proof';
import { useRun } from '../../src/store/run/run';
import { useSettings } from '../../src/store/run/settings';
import { openPage, prompt, runToEnd } from './support/openPage';
import { showView } from './support/views';

const alert = () => page.getByRole('alert');
const numberFields = () => page.getByRole('spinbutton');

/** All numbers that the page's number fields set. */
const settled = () => ({ page: useSettings.getState(), proof: useProof.getState().plan, experiment: useExperiment.getState().form });

/** Views with number fields, and how many. */
const VIEWS = [
  ['watch', 4],
  ['race', 4],
  ['proof', 6],
  ['experiment', 4],
] as const;

describe('a number field', () => {
  it.each(VIEWS)('of %s keeps the last setting while it holds no number, and says so beside itself', async (view, count) => {
    await openPage({ settings: { prompt: 'A fox.', adaptive: false, temperature: 0.8 } });
    useProof.setState(useProof.getInitialState());
    changeExperiment({ temperature: 0.8 });
    await showView(view);
    for (const fold of document.querySelectorAll('main details')) fold.setAttribute('open', '');
    await expect.poll(() => numberFields().elements().length).toBe(count);
    await expect.poll(() => useSettings.getState().target).toBe('target');
    for (const field of numberFields().all()) {
      const element = field.element() as HTMLInputElement;
      const before = structuredClone(settled());
      const kept = element.value;
      await field.click();
      for (const typed of ['/', 'e', '-', '?']) {
        await userEvent.keyboard(`{Control>}a{/Control}${typed}`);
        expect(document.activeElement, typed).toBe(element);
        expect(settled(), typed).toEqual(before);
      }
      await field.fill('');
      await expect.element(field).toHaveAttribute('aria-invalid', 'true');
      await expect.element(field).toHaveAccessibleDescription(new RegExp(`^Choose a .*number.* Until then it stays ${kept}\\.$`));
      expect(settled()).toEqual(before);
      await field.fill(kept);
      await expect.element(field).toHaveAttribute('aria-invalid', 'false');
    }
  });

  it('keeps the value from before where what is typed leaves the range on its way', async () => {
    await openPage();
    const most = page.getByLabelText('Most tokens');
    const chosen = useSettings.getState().maxTokens;
    await most.click();
    await userEvent.keyboard('{Control>}a{/Control}99999');
    await expect.element(most).toHaveAccessibleDescription(`Choose a whole number, 1 to 2048. Until then it stays ${chosen}.`);
    expect(useSettings.getState().maxTokens).toBe(chosen);
    await userEvent.keyboard('{Backspace}{Backspace}');
    await expect.element(most).toHaveAttribute('aria-invalid', 'false');
    expect(useSettings.getState().maxTokens).toBe(999);
  });

  it('keeps what was typed out of its range, and a run has the last setting', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    const gamma = page.getByLabelText('Draft length γ');
    await gamma.fill('99');
    await expect.element(page.getByText('Choose a whole number, 1 to 16. Until then it stays 4.')).toBeInTheDocument();
    await runToEnd();
    await expect.element(alert()).not.toBeInTheDocument();
    await expect.element(gamma).toHaveValue(99);
    expect(engine.runs.at(-1)?.settings.gamma).toBe(4);
    expect(useRun.getState().failure).toBeNull();
    await gamma.fill('16');
    await runToEnd();
    expect(engine.runs.at(-1)?.settings.gamma).toBe(16);
  });

  it('says what cannot work: more tokens than the models hold, and a temperature that only makes noise', async () => {
    await openPage();
    await expect.poll(() => useSettings.getState().target).toBe('target');
    const { context } = useCatalogue.getState().catalogue?.targets[0]?.model ?? {};
    for (const [name, wrong, range, kept] of [
      ['Most tokens', '99999', `a whole number, 1 to ${context}`, useSettings.getState().maxTokens],
      ['Temperature', '5', 'a number, 0 to 2', 0],
    ] as const) {
      await page.getByLabelText(name).fill(wrong);
      await expect.element(page.getByLabelText(name)).toHaveAccessibleDescription(`Choose ${range}. Until then it stays ${kept}.`);
    }
    expect(useSettings.getState()).toMatchObject({ temperature: 0 });
  });

  it('says nothing of a remembered number that is more than these models hold, until another one is typed', async () => {
    await openPage({ settings: { maxTokens: 5000 } });
    await expect.poll(() => useSettings.getState().target).toBe('target');
    const field = page.getByLabelText('Most tokens');
    const context = useCatalogue.getState().catalogue?.targets[0]?.model.context ?? 0;
    expect(context).toBeLessThan(5000);
    await expect.element(field).toHaveAttribute('max', String(context));
    await expect.element(field).toHaveValue(5000);
    await expect.element(field).toHaveAttribute('aria-invalid', 'false');
    await expect.element(field).not.toHaveAccessibleDescription();
    await field.fill('6000');
    await expect.element(field).toHaveAccessibleDescription(`Choose a whole number, 1 to ${context}. Until then it stays 5000.`);
    await field.fill('64');
    await expect.element(field).toHaveAttribute('aria-invalid', 'false');
    expect(useSettings.getState().maxTokens).toBe(64);
  });

  it('shows the setting again after a reset, which a wrong number alone is worth', async () => {
    await openPage();
    await expect.poll(() => useSettings.getState().target).toBe('target');
    const reset = page.getByRole('button', { name: 'Reset settings' });
    const gamma = page.getByLabelText('Draft length γ');
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
    await gamma.fill('99');
    await expect.element(reset).toHaveAttribute('aria-disabled', 'false');
    await page.getByLabelText('Most tokens').fill('64');
    await reset.click();
    await expect.element(gamma).toHaveValue(4);
    await expect.element(gamma).toHaveAttribute('aria-invalid', 'false');
    expect(useSettings.getState()).toMatchObject({ gamma: 4, maxTokens: 160 });
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
  });

  it('shows the setting again once that was changed elsewhere', async () => {
    await openPage();
    const gamma = page.getByLabelText('Draft length γ');
    await gamma.fill('');
    await expect.element(gamma).toHaveAttribute('aria-invalid', 'true');
    useSettings.setState({ gamma: 7 });
    await expect.element(gamma).toHaveValue(7);
    await expect.element(gamma).toHaveAttribute('aria-invalid', 'false');
  });
});

describe('a setting without effect', () => {
  const described = (name: string) => page.getByRole('group', { name, exact: true });

  it('says why, and is not chosen in its look', async () => {
    await openPage({ settings: { temperature: 0 } });
    await expect.element(described('Draft model')).not.toHaveAccessibleDescription();
    await page.getByText('N-gram', { exact: true }).click();
    await expect.element(described('Draft model')).toHaveAccessibleDescription('No effect: n-grams draft, not a model.');
    await expect.element(described('Verify rule')).toHaveAccessibleDescription('No effect at temperature 0: nothing is drawn.');
    await expect.element(page.getByLabelText('Seed')).toHaveAccessibleDescription('No effect at temperature 0: nothing is drawn.');
    await page.getByText('Adaptive', { exact: true }).click();
    await expect.element(page.getByLabelText('Draft length γ')).toHaveAccessibleDescription('No effect: each round chooses its own.');
    await page.getByText('Plain decoding', { exact: true }).click();
    for (const name of ['Draft model', 'Drafting by', 'Draft length', 'Verify rule'])
      await expect.element(described(name)).toHaveAccessibleDescription('No effect: plain decoding drafts nothing.');
    const [chosen, other] = described('Draft model').element().querySelectorAll('.choice');
    if (!chosen || !other) throw new Error('two drafts are offered');
    expect(getComputedStyle(chosen).backgroundColor).toBe(getComputedStyle(other).backgroundColor);
  });
});
