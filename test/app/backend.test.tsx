import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { startOf } from '../../src/core/run/tally';
import { useBackend } from '../../src/store/engine/backend';
import { calibrationOf, measureCalibration, useCalibration } from '../../src/store/engine/calibration';
import { chosenPair } from '../../src/store/engine/catalogue';
import { useLoading } from '../../src/store/engine/loading';
import { useRun } from '../../src/store/run/run';
import type { FakeEngine } from './support/fakeEngine';
import { FURTHER_MANIFEST, MANIFEST } from './support/manifest';
import { openPage, prompt, runButton, runToEnd } from './support/openPage';

afterEach(() => {
  useBackend.setState(useBackend.getInitialState());
});

const choices = () => page.getByRole('group', { name: 'Computed by' });
const cpu = () => choices().getByRole('radio', { name: 'CPU', exact: true });
const webGpu = () => choices().getByRole('radio', { name: /^WebGPU/ });
const automatic = () => choices().getByRole('radio', { name: 'Automatic', exact: true });
/** What the latest task of a kind was to be computed by; absent: whatever there is. */
const backendOf = (engine: FakeEngine, type: 'load' | 'run') => {
  const task = engine.tasks.findLast((each) => each.type === type);
  if (!task) throw new Error(`no ${type} was sent`);
  return 'backend' in task ? task.backend : undefined;
};

describe('what computes', () => {
  it('is what the engine takes where nobody chose; the CPU where that was chosen: the models are loaded there, and runs are made there, by keyboard too', async () => {
    const engine = await openPage();
    await expect.element(automatic()).toBeChecked();
    await expect.poll(() => engine.tasks.some(({ type }) => type === 'load')).toBe(true);
    expect(backendOf(engine, 'load')).toBeUndefined();
    const loads = engine.tasks.filter(({ type }) => type === 'load').length;
    await expect.element(webGpu()).toBeEnabled();
    (webGpu().element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(cpu()).toBeChecked();
    await expect.poll(() => engine.tasks.filter(({ type }) => type === 'load').length).toBe(loads + 1);
    expect(backendOf(engine, 'load')).toBe('cpu');
    await prompt().fill('Count from 1 to 30.');
    await runToEnd();
    expect(backendOf(engine, 'run')).toBe('cpu');
    expect(JSON.parse(localStorage.getItem('foretoken.backend') ?? '{}')).toMatchObject({ state: { backend: 'cpu' } });
    await webGpu().click();
    await expect.poll(() => backendOf(engine, 'load')).toBe('webgpu');
    await automatic().click();
    await expect.poll(() => backendOf(engine, 'load')).toBeUndefined();
  });

  it('is chosen here: the models that wait to be asked for are loaded there', async () => {
    const settings = { target: 'general', draft: 'general', drafting: 'ngram' } as const;
    const engine = await openPage({ further: () => Response.json(FURTHER_MANIFEST), settings });
    await expect.poll(() => useLoading.getState().unasked).toBe(true);
    expect(engine.tasks).toEqual([]);
    await cpu().click();
    await expect
      .poll(() => engine.tasks.filter(({ type }) => type === 'load'))
      .toMatchObject([{ pair: { target: { id: 'general' } }, backend: 'cpu' }]);
    await expect.poll(() => useLoading.getState().progress.general?.phase).toBe('ready');
  });

  it('is chosen here: lists of models that could not be read are read again', async () => {
    let answer = () => new Response('', { status: 500 });
    const engine = await openPage({ manifest: () => answer() });
    await expect.poll(() => useLoading.getState().failure).not.toBeNull();
    expect(chosenPair()).toBeNull();
    answer = () => Response.json(MANIFEST);
    await cpu().click();
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    expect(useLoading.getState().failure).toBeNull();
    expect(backendOf(engine, 'load')).toBe('cpu');
  });

  it('is what was chosen at the visit before; of anything else that is kept, nothing', async () => {
    const kept = (backend: unknown) => localStorage.setItem('foretoken.backend', JSON.stringify({ version: 1, state: { backend } }));
    kept('cpu');
    await useBackend.persist.rehydrate();
    expect(useBackend.getState().backend).toBe('cpu');
    useBackend.setState(useBackend.getInitialState());
    kept('abacus');
    await useBackend.persist.rehydrate();
    expect(useBackend.getState().backend).toBe('auto');
  });

  it.each([
    ['graphics-card', { backend: 'webgpu', because: { why: 'graphics-card' } }, 'The models run on WebGPU (nvidia hopper).'],
    ['no-webgpu', { backend: 'cpu', because: { why: 'no-webgpu' } }, /^This browser has no WebGPU, so the models run on the CPU/],
    ['chosen', { backend: 'cpu', because: { why: 'chosen' } }, /^The models run on the CPU, as chosen/],
    [
      'faster',
      { backend: 'cpu', because: { why: 'faster', decodeMs: { webgpu: 5.62, cpu: 0.71 } } },
      /a token takes the target 0\.7 ms on the CPU, and 5\.6 ms on WebGPU in software\. The models run on the CPU;/,
    ],
    [
      'other-cannot',
      { backend: 'webgpu', because: { why: 'other-cannot', message: 'The head needs more.' } },
      'The models run on WebGPU, as the CPU cannot run them here: The head needs more.',
    ],
  ] as const)('is said with its reason: %s', async (_, computedBy, words) => {
    await openPage();
    useBackend.setState({ computedBy: { type: 'computed-by', adapter: 'nvidia hopper', target: 'target', ...computedBy } });
    await expect.element(page.getByText(words)).toBeVisible();
  });

  it('is said of the chosen target alone: not of one that is still loading, nor of one that is ready and was not told of yet', async () => {
    const engine = await openPage({ further: () => Response.json(FURTHER_MANIFEST) });
    const said = page.getByText('The models run on WebGPU (nvidia hopper).');
    const tell = (target: string) =>
      useBackend.setState({
        computedBy: { type: 'computed-by', target, backend: 'webgpu', adapter: 'nvidia hopper', because: { why: 'graphics-card' } },
      });
    tell('target');
    await expect.element(said).toBeVisible();
    engine.options.pace = 200;
    await page.getByRole('radio', { name: /^General 135M/ }).click();
    await expect.element(page.getByRole('progressbar', { name: 'Loading of Target' })).toBeInTheDocument();
    await expect.element(said).not.toBeInTheDocument();
    await expect.poll(() => useLoading.getState().progress.general?.phase).toBe('ready');
    await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
    expect(said.query()).toBeNull();
    tell('general');
    await expect.element(said).toBeVisible();
  });

  it('decides which costs count: those that were measured on another adapter do not, before the pair is ready either', async () => {
    const engine = await openPage();
    // Once the pair is known, and no measurement of the page's own is under way.
    await expect
      .poll(async () => {
        await measureCalibration();
        return calibrationOf(chosenPair());
      })
      .not.toBeNull();
    const costsOfRun = () => startOf(useRun.getState().events)?.calibration;
    await prompt().fill('Count from 1 to 30.');
    await runToEnd();
    expect(costsOfRun()).not.toBeNull();
    useCalibration.setState(({ measured }) => ({
      measured: Object.fromEntries(Object.entries(measured).map(([key, known]) => [key, { ...known, adapter: 'another' }])),
    }));
    engine.forget();
    await runToEnd();
    expect(costsOfRun()).toBeNull();
    expect(calibrationOf(chosenPair())).toBeNull();
  });

  it('stays while the models work', async () => {
    const engine = await openPage();
    engine.options.hold = 2;
    await prompt().fill('Count from 1 to 30.');
    await runButton().click();
    await expect.element(cpu()).toBeDisabled();
  });
});
