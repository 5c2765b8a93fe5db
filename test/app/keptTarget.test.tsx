import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { catalogueOf } from '../../src/catalog/resolve';
import { ownPrompt } from '../../src/core/study/experiment';
import { FIRST_DRAFT } from '../../src/formats/settings';
import { chosenTarget, useCatalogue } from '../../src/store/engine/catalogue';
import { chooseHalfCaches, chooseTarget } from '../../src/store/engine/loading';
import { occupy, useWork } from '../../src/store/engine/work';
import { sampleWrongRule, startProof, useProof } from '../../src/store/modes/proof';
import { measurePlan } from '../../src/store/run/measurePlan';
import { startCounterpart } from '../../src/store/run/run';
import { type Settings, useSettings } from '../../src/store/run/settings';
import type { FakeEngine } from './support/fakeEngine';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage, prompt, runToEnd, untilIdle } from './support/openPage';
import { showView } from './support/views';

const openBoth = (settings: Partial<Settings> = {}): Promise<FakeEngine> =>
  openPage({ further: () => Response.json(FURTHER_MANIFEST), settings: { adaptive: false, ...settings } });

const general = () => page.getByRole('radio', { name: /^General 135M/ });
const embedded = () => page.getByRole('radio', { name: /^Fake pair/ });

describe('the target', () => {
  it('is one for all runs of a piece of work, whatever is chosen or gone meanwhile', async () => {
    const engine = await openBoth();
    await expect.element(general()).toBeEnabled();
    const variants = [{ drafting: 'ngram', draft: FIRST_DRAFT, gamma: 4 }] as const;
    const sampling = { temperature: 0, rule: 'rejection', seed: 1 } as const;
    const plan = { prompts: [ownPrompt('A fox.')], variants, maxTokens: 6, fixedLength: true, repetitions: 2, ...sampling };
    const measure = (interfere: () => void) => occupy('experiment', (signal) => measurePlan(plan, signal, interfere));
    const ranOn = () => engine.runs.map(({ pair }) => pair.target.id);
    // As another tab changes them.
    await measure(() => useSettings.setState({ target: 'general', draft: 'general', drafting: 'ngram' }));
    expect(ranOn().length).toBeGreaterThan(3);
    expect(new Set(ranOn())).toEqual(new Set(['target']));
    const before = engine.runs.length;
    const [first] = useCatalogue.getState().catalogue?.lists ?? [];
    await measure(() => useCatalogue.setState({ catalogue: catalogueOf(first ? [first] : []) }));
    expect(new Set(ranOn().slice(before))).toEqual(new Set(['general']));
    expect(engine.runs.length).toBe(2 * before);
    expect(chosenTarget()?.model.id).toBe('target');
  });

  it('of a proof is the one that a wrong rule is sampled on, or none', async () => {
    const engine = await openBoth({ temperature: 0.8, prompt: 'A fox.', drafting: 'ngram' });
    await expect.element(general()).toBeEnabled();
    useProof.setState({ ...useProof.getInitialState(), plan: { size: 20, tokens: 3 } });
    await startProof();
    const proven = engine.runs.length;
    const show = page.getByRole('button', { name: 'Show what a wrong rule looks like' });
    await showView('proof');
    await expect.element(show).not.toHaveAttribute('aria-disabled', 'true');
    await chooseTarget('general');
    await expect.element(show).toHaveAttribute('aria-disabled', 'true');
    await expect
      .element(page.getByText('These samples are of target. To compare with them, choose that target again.'))
      .toBeInTheDocument();
    await sampleWrongRule();
    expect(engine.runs).toHaveLength(proven);
    await chooseTarget('target');
    await show.click();
    await expect.poll(() => useWork.getState().current).toBeNull();
    expect(new Set(engine.runs.slice(proven).map(({ pair }) => pair.target.id))).toEqual(new Set(['target']));
  });

  it('of a run is the one that it is run the other way on, or none', async () => {
    const engine = await openBoth({ drafting: 'ngram' });
    await prompt().fill('A fox finds a bell. A fox finds a bell.');
    await runToEnd();
    const compare = page.getByRole('button', { name: 'Same output? Compare' });
    await expect.element(compare).not.toHaveAttribute('aria-disabled', 'true');
    await general().click();
    await expect.element(compare).not.toBeInTheDocument();
    await expect.element(page.getByText('This run is of target. Choose that target to run the same the other way.')).toBeInTheDocument();
    await startCounterpart();
    expect(engine.runs).toHaveLength(1);
    await embedded().click();
    await compare.click();
    await untilIdle();
    expect(engine.runs.at(-1)).toMatchObject({ pair: { target: { id: 'target' } }, settings: { mode: 'plain' } });
  });

  it('of a run has to have the same cache to be run the other way, and the page says so', async () => {
    await openBoth({ drafting: 'ngram' });
    await prompt().fill('A fox finds a bell. A fox finds a bell.');
    await runToEnd();
    const compare = page.getByRole('button', { name: 'Same output? Compare' });
    await expect.element(compare).toBeInTheDocument();
    await chooseHalfCaches(['target'], true);
    await expect.element(compare).not.toBeInTheDocument();
    await expect
      .element(
        page.getByText('In this run the target’s cache held full precision. Choose that under Models to run the same the other way.'),
      )
      .toBeInTheDocument();
    await chooseHalfCaches(['target'], false);
    await expect.element(compare).toBeInTheDocument();
  });
});
