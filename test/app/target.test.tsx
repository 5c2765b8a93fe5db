import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { parseList } from '../../src/catalog/list';
import { resolveList } from '../../src/catalog/resolve';
import { weightsOf } from '../../src/catalog/spec';
import { storeModel } from '../../src/catalog/storedModels';
import { startOf } from '../../src/core/run/tally';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { useBackend } from '../../src/store/engine/backend';
import { calibrationOf, measureCalibration } from '../../src/store/engine/calibration';
import { chosenPair, chosenTarget, distrustLists, useCatalogue } from '../../src/store/engine/catalogue';
import { load, useLoading } from '../../src/store/engine/loading';
import { useWork } from '../../src/store/engine/work';
import { useClaims } from '../../src/store/modes/claims';
import { useExperiment } from '../../src/store/modes/experiment';
import { storeOffline, useOffline, useOfflineMemory } from '../../src/store/offline/offline';
import { lookAfterLoads } from '../../src/store/offline/prepareOffline';
import { openPalette } from '../../src/store/page/palette';
import { figuredPair } from '../../src/store/run/figures';
import { useRun } from '../../src/store/run/run';
import { DEFAULT_SETTINGS, type Settings, useSettings } from '../../src/store/run/settings';
import type { FakeEngine } from './support/fakeEngine';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage, prompt, runButton, runToEnd, untilIdle } from './support/openPage';
import { showView } from './support/views';

/** SHA-256 of the one letter that every file of the small list is. */
const OF_LETTER = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const file = (path: string) => ({ path, bytes: 1, sha256: OF_LETTER });
const SMALL = {
  ...FURTHER_MANIFEST,
  models: {
    general: {
      ...FURTHER_MANIFEST.models.general,
      libraries: [{ needs: [], ...file('general.wasm') }],
      files: [file('general/mlc-chat-config.json')],
    },
  },
};

const openBoth = (settings: Partial<Settings> = {}, list: object = FURTHER_MANIFEST): Promise<FakeEngine> =>
  openPage({ further: () => Response.json(list), settings: { adaptive: false, ...settings } });

const targets = () => page.getByRole('group', { name: 'Target', exact: true });
const general = () => targets().getByRole('radio', { name: /^General 135M/ });
const embedded = () => targets().getByRole('radio', { name: /^Fake pair/ });
const lastLoad = (engine: FakeEngine) => engine.tasks.findLast((task) => task.type === 'load');

async function forget(): Promise<void> {
  useOffline.setState(useOffline.getInitialState());
  useOfflineMemory.setState(useOfflineMemory.getInitialState());
  useExperiment.setState(useExperiment.getInitialState());
  useClaims.setState(useClaims.getInitialState());
  for (const name of await caches.keys()) await caches.delete(name);
}

beforeEach(forget);
// The panel too, which would lie over another file's page.
afterEach(forget);

describe('the target', () => {
  it('is downloaded and used from the view of models, which shows how far it is, and stopped there', async () => {
    const engine = await openBoth();
    await expect.poll(() => useLoading.getState().underWay).toBe(false);
    await showView('models');
    engine.options.pace = 300;
    const use = page.getByRole('button', { name: /^Download 104\.4 MB and use General 135M$/ });
    await use.click();
    const bar = page.getByRole('progressbar', { name: 'Downloading General 135M' });
    await expect.element(bar).toHaveAttribute('aria-valuetext', expect.stringMatching(/^General 135M · .*104\.4 MB$/));
    await page.getByRole('button', { name: 'Stop loading' }).click();
    await expect.element(bar).not.toBeInTheDocument();
    engine.options.pace = 0;
    await use.click();
    await expect.element(page.getByText('The chosen models are ready.')).toBeInTheDocument();
    expect(useSettings.getState().target).toBe('general');
  });

  it('is no choice where there is one', async () => {
    await openPage();
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    expect(targets().query()).toBeNull();
    expect(useSettings.getState().target).toBe('target');
  });

  it('is chosen in one click, which loads it, by n-grams where it has no draft models; what drafted for the other stays', async () => {
    const engine = await openBoth();
    await page.getByRole('radio', { name: 'Weak draft' }).click();
    await general().click();
    await expect.poll(() => lastLoad(engine)).toMatchObject({ pair: { target: { id: 'general' }, draft: null } });
    expect(useSettings.getState()).toMatchObject({ target: 'general', draft: 'general', drafting: 'ngram' });
    await expect.element(page.getByRole('heading', { name: 'Models: General' })).toBeInTheDocument();
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).not.toBeInTheDocument();

    // It may draft for itself, and then does so until something else is chosen.
    await page.getByRole('radio', { name: 'Model', exact: true }).click();
    await expect.poll(() => lastLoad(engine)).toMatchObject({ pair: { target: { id: 'general' }, draft: 'itself' } });
    await embedded().click();
    await expect.poll(() => lastLoad(engine)).toMatchObject({ pair: { target: { id: 'target' }, draft: { id: 'weak-draft' } } });
    expect(useSettings.getState()).toMatchObject({ target: 'target', draft: 'weak-draft', drafting: 'model' });
    await general().click();
    await expect.poll(() => lastLoad(engine)).toMatchObject({ pair: { target: { id: 'general' }, draft: 'itself' } });
  });

  it('is chosen by keyboard', async () => {
    await openBoth();
    await expect.element(general()).toBeInTheDocument();
    (embedded().element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(general()).toBeChecked();
    expect(useSettings.getState().target).toBe('general');
  });

  it('stays while the models are at work', async () => {
    const engine = await openBoth();
    await expect.element(general()).toBeEnabled();
    engine.options.hold = 2;
    await prompt().fill('A fox.');
    await runButton().click();
    await expect.element(general()).toBeDisabled();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await untilIdle();
    await expect.element(general()).toBeEnabled();
  });

  it('is remembered; one that the page has no more gives way to the first, with what drafted for that', async () => {
    await openBoth();
    await page.getByRole('radio', { name: 'Weak draft' }).click();
    await general().click();
    const stored = JSON.parse(localStorage.getItem('foretoken.settings') ?? '');
    expect(stored.state).toMatchObject({ target: 'general', draftings: { target: { draft: 'weak-draft', drafting: 'model' } } });
    useSettings.setState(DEFAULT_SETTINGS);
    localStorage.setItem('foretoken.settings', JSON.stringify({ ...stored, state: { ...stored.state, target: 'gone' } }));
    await useSettings.persist.rehydrate();
    await expect.element(page.getByRole('radio', { name: 'Weak draft' })).toBeChecked();
    expect(useSettings.getState()).toMatchObject({ target: 'target', draft: 'weak-draft', drafting: 'model' });
  });

  it('stays where its list cannot be had any more, as after a download that broke off', async () => {
    const engine = await openBoth();
    await general().click();
    await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
    const answer = vi.mocked(fetch).getMockImplementation();
    vi.mocked(fetch).mockImplementation(async (url, init) => {
      if (String(url).includes('models-further')) throw new TypeError('Failed to fetch');
      return answer ? answer(url, init) : new Response('', { status: 500 });
    });
    distrustLists();
    await prompt().fill('A fox.');
    await runToEnd();
    expect(vi.mocked(fetch).mock.calls.at(-1)?.[0]).toContain('models-further');
    expect(engine.runs.at(-1)?.pair.target.id).toBe('general');
    expect(useSettings.getState().target).toBe('general');
  });

  it('of a first visit has nothing to reset, and another has', async () => {
    await openBoth();
    const reset = page.getByRole('button', { name: 'Reset settings' });
    await expect.element(reset).toHaveAttribute('aria-disabled', 'true');
    await general().click();
    await reset.click();
    await expect.element(embedded()).toBeChecked();
    expect(useSettings.getState()).toMatchObject({ target: 'target', draft: 'draft', drafting: 'model', draftings: {} });
  });

  it('decodes, and the figures of a run before stay those of its own pair', async () => {
    const engine = await openBoth();
    await prompt().fill('A fox.');
    await runToEnd();
    const before = useRun.getState().events;
    await measureCalibration();
    const costs = calibrationOf(chosenPair());
    expect(costs).not.toBeNull();
    const shown = () => [...document.querySelectorAll('[data-costs-of] [data-count]')].map((each) => each.textContent);
    await expect.poll(shown).not.toEqual([]);
    const told = shown();
    await general().click();
    await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
    expect(shown()).toEqual(told);
    await runToEnd();
    expect(shown()).not.toEqual(told);
    expect(startOf(useRun.getState().events)).toMatchObject({
      labels: { target: 'General 135M', draft: 'n-gram' },
      models: { target: { id: 'general' }, draft: null },
    });
    expect(engine.runs.at(-1)?.pair).toMatchObject({ target: { id: 'general' }, draft: null });
    expect(figuredPair(before)?.target.id).toBe('general');
  });
});

describe('a target that answers any prompt', () => {
  const offer = () => page.getByRole('button', { name: 'General 135M: understands any prompt; 104.4 MB to download' });

  it('is offered where the prompt is far from what the embedded pair knows, chosen in one click, and has examples of its own', async () => {
    await openBoth();
    await expect.element(page.getByText(/It cannot answer other questions\.$/)).toBeInTheDocument();
    await prompt().fill('Why is the sky blue?');
    await expect.element(offer()).toBeInTheDocument();
    (offer().element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    expect(chosenTarget()?.model.id).toBe('general');
    await expect.element(prompt()).toHaveFocus();
    await expect.element(page.getByText(/^General 135M understands any prompt/)).toBeInTheDocument();
    await expect.element(page.getByText(/^These small models were not trained/)).not.toBeInTheDocument();
    const examples = page.getByRole('group', { name: 'Examples' }).getByRole('button');
    expect(examples.elements().map((each) => each.textContent)).toContain('A summary');
    await examples.getByText('A rewrite').click();
    expect(useSettings.getState()).toMatchObject({ target: 'general', prompt: expect.stringMatching(/^Rewrite this/) });
    openPalette('search');
    await page.getByRole('combobox', { name: 'Search the page' }).fill('summary');
    await expect.element(page.getByRole('option', { name: /^A summary/ })).toBeInTheDocument();
  });

  it('tells what is still to be downloaded', async () => {
    await openBoth();
    await expect.element(general()).toBeInTheDocument();
    useOffline.setState({ models: { general: { bytes: 100_400_000, whole: false } } });
    await expect
      .element(targets().getByRole('radio', { name: 'General 135M: understands any prompt; 4.0 MB to download' }))
      .toBeInTheDocument();
    useOffline.setState({ models: { general: { bytes: 104_400_000, whole: true } } });
    await expect.element(targets().getByRole('radio', { name: 'General 135M: understands any prompt', exact: true })).toBeInTheDocument();
  });

  it('that is ready is not to be downloaded, before the storage was looked at too', async () => {
    await openBoth();
    await expect.element(targets().getByRole('radio', { name: /^General 135M.*; 104\.4 MB to download$/ })).toBeInTheDocument();
    await general().click();
    await expect.element(targets().getByRole('radio', { name: 'General 135M: understands any prompt', exact: true })).toBeInTheDocument();
    expect(useOffline.getState().models.general).toBeUndefined();
  });

  it('that has come is no longer to be downloaded, though its draft, which does not draft now, has not', async () => {
    const { general: model } = SMALL.models;
    const small = { ...model, name: 'Small draft', files: [file('small/mlc-chat-config.json')] };
    const list = {
      ...{ ...SMALL, models: { general: model, small } },
      pairs: [{ name: 'General', target: 'general', drafts: [{ id: 'small', name: 'Small draft' }] }],
    };
    await openBoth({ draftings: { general: { draft: 'small', drafting: 'ngram' } } }, list);
    onTestFinished(lookAfterLoads());
    const toCome = targets().getByRole('radio', { name: /^General 135M: understands any prompt; .* to download$/ });
    await expect.element(toCome).toBeInTheDocument();
    vi.mocked(fetch).mockImplementation(async () => new Response('x'));
    const spec = useCatalogue.getState().catalogue?.targets[1]?.model;
    if (!spec) throw new Error('there is no second target');
    // What an engine does that loads it.
    await storeModel(spec, BROWSER_CACHE, () => undefined, new AbortController().signal);
    await expect.element(toCome).toBeInTheDocument();
    await general().click();
    await expect.element(targets().getByRole('radio', { name: 'General 135M: understands any prompt', exact: true })).toBeInTheDocument();
    // The storage is looked at a moment after the models are ready.
    await expect.poll(() => useOffline.getState().models.small?.whole).toBe(false);
  });

  it.each([
    ['by n-grams where only a head drafts for it', 'was found to be faster than WebGPU in software', [], { drafting: 'ngram' }],
    [
      'with its first draft that is no head',
      'was found to be faster than WebGPU in software',
      ['small'],
      { draft: 'small', drafting: 'model' },
    ],
    ['with its first draft that is no head', 'was chosen', ['small'], { draft: 'small', drafting: 'model' }],
  ] as const)('begins %s, where the CPU %s', async (_, how, others, begins) => {
    const { general: model } = FURTHER_MANIFEST.models;
    const [spec] = Object.values(resolveList(parseList(FURTHER_MANIFEST), location.href, new Set()).models);
    if (!spec) throw new Error('the list has a model');
    const small = { ...model, name: 'Small draft', files: [{ path: 'small.bin', bytes: 1_000_000, sha256: '0'.repeat(64) }] };
    const list = {
      ...FURTHER_MANIFEST,
      models: { general: model, head: { ...small, name: 'Head', statesOf: weightsOf(spec) }, small },
      pairs: [{ name: 'General', target: 'general', drafts: ['head', ...others].map((id) => ({ id, name: id })) }],
    };
    await openBoth({}, list);
    // The head would come too.
    await expect.element(targets().getByRole('radio', { name: /^General 135M.*; 105\.8 MB to download$/ })).toBeInTheDocument();
    const because = { why: 'faster', decodeMs: { webgpu: 5, cpu: 1 } } as const;
    if (how === 'was chosen') useBackend.setState({ backend: 'cpu' });
    else
      useBackend.setState({ computedBy: { type: 'computed-by', target: 'target', backend: 'cpu', adapter: 'CPU, WebAssembly', because } });
    const comes = 'draft' in begins ? '105.8 MB' : '104.4 MB';
    await expect
      .element(targets().getByRole('radio', { name: `General 135M: understands any prompt; ${comes} to download` }))
      .toBeInTheDocument();
    await general().click();
    expect(useSettings.getState()).toMatchObject({ target: 'general', ...begins });
  });

  it('says beside the prompt how far it has come, of as many bytes as were offered, whatever computes', async () => {
    await openBoth();
    await general().click();
    await expect.element(page.getByText(/^General 135M understands any prompt/)).toBeInTheDocument();
    const come = { type: 'progress', model: 'general', name: 'General 135M', loadedBytes: 33_000_000, totalBytes: 101_000_000 } as const;
    useLoading.setState({ underWay: true, progress: { general: { ...come, phase: 'downloading', backend: 'cpu' } } });
    const beside = page
      .getByRole('region', { name: 'What to ask, and how' })
      .getByText('General 135M: downloading, 33.0 MB of 104.4 MB', { exact: true });
    await expect.element(beside).toBeInTheDocument();
    await expect
      .element(page.getByRole('region', { name: 'Models' }).getByText('33.0 MB of 104.4 MB', { exact: true }))
      .toBeInTheDocument();
    useLoading.setState({ underWay: false, progress: { general: { ...come, phase: 'ready', loadedBytes: 101_000_000, backend: 'cpu' } } });
    await expect.element(beside).not.toBeInTheDocument();
    await expect.element(page.getByText(/^General 135M understands any prompt/)).toBeInTheDocument();
    await expect.element(page.getByRole('region', { name: 'Models' }).getByText('104.4 MB', { exact: true })).toBeInTheDocument();
  });

  it('that was chosen at an earlier visit and is not stored waits for a click', async () => {
    const engine = await openBoth({ target: 'general', draft: 'general', drafting: 'ngram' });
    await expect.element(page.getByText(/^General 135M is chosen, and not stored in this browser/)).toBeInTheDocument();
    expect(engine.tasks).toEqual([]);
    await page.getByRole('button', { name: 'Load General 135M (104.4 MB)' }).click();
    await expect.poll(() => lastLoad(engine)).toMatchObject({ pair: { target: { id: 'general' } } });
    await expect.element(page.getByText(/^General 135M is chosen, and not stored/)).not.toBeInTheDocument();
  });

  it('that was chosen and is stored loads by itself', async () => {
    const engine = await openBoth({ target: 'general', draft: 'general', drafting: 'ngram' }, SMALL);
    await expect.element(page.getByRole('button', { name: /^Load General 135M/ })).toBeInTheDocument();
    vi.mocked(fetch).mockImplementation(async () => new Response('x'));
    await storeOffline('general');
    expect(useOffline.getState()).toMatchObject({ failure: null, models: { general: { whole: true } } });
    await load('if-stored');
    expect(lastLoad(engine)).toMatchObject({ pair: { target: { id: 'general' } } });
    await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
  });
});

describe('without a network', () => {
  it('the stored target works where the embedded pair was never stored: its list and the first are kept', async () => {
    await openBoth({}, SMALL);
    await general().click();
    await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
    vi.mocked(fetch).mockImplementation(async () => new Response('x'));
    await storeOffline('general');
    expect(useOffline.getState()).toMatchObject({ failure: null, listKept: true });
    vi.mocked(fetch).mockRejectedValue(new TypeError('Failed to fetch'));
    useCatalogue.setState({ catalogue: null });
    await load('if-stored');
    expect(useLoading.getState().failure).toBeNull();
    expect(chosenTarget()?.model.id).toBe('general');
  });
});

describe('what is about the pair', () => {
  it('follows the target: the experiment’s drafts, and the plan', async () => {
    await openBoth();
    await general().click();
    const was = location.hash;
    location.hash = '#experiment';
    onTestFinished(() => {
      location.hash = was;
    });
    const drafts = page.getByRole('group', { name: 'Drafts' });
    await expect.element(drafts.getByRole('checkbox', { name: 'N-gram', exact: true })).toBeChecked();
    await expect.element(drafts.getByRole('checkbox', { name: 'Good draft' })).not.toBeInTheDocument();
  });

  it('follows the target: a claim is judged by runs of its own target alone', async () => {
    await openBoth();
    location.hash = '#claims';
    onTestFinished(() => {
      location.hash = '';
    });
    const claim = page.getByRole('article', { name: 'There is no loss of quality.' });
    await claim.getByRole('button', { name: /^Measure/ }).click();
    await expect.poll(() => useWork.getState().current).toBeNull();
    await expect.element(claim.getByRole('status')).toHaveTextContent('Holds here');
    useSettings.setState({ target: 'general' });
    await expect.element(claim.getByRole('status')).toHaveTextContent('Not measured');
    useSettings.setState({ target: 'target' });
    await expect.element(claim.getByRole('status')).toHaveTextContent('Holds here');
  });

  it('follows the target: the models of the panel Offline', async () => {
    await openBoth();
    await general().click();
    await page.getByRole('button', { name: /^Offline:/ }).click();
    const panel = page.getByRole('dialog', { name: 'Offline' });
    await expect.element(panel.getByRole('rowheader', { name: 'Target' })).toBeInTheDocument();
    await expect.element(panel.getByText('104.4 MB')).toBeInTheDocument();
    expect(panel.getByText('Weak draft').query()).toBeNull();
  });
});
