import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useBackend } from '../../src/store/engine/backend';
import type { FakeEngine } from './support/fakeEngine';
import { openPage, prompt, runButton, runToEnd } from './support/openPage';

afterEach(() => {
  useBackend.setState(useBackend.getInitialState());
});

const choices = () => page.getByRole('group', { name: 'Computed by' });
const cpu = () => choices().getByRole('radio', { name: 'CPU', exact: true });
const webGpu = () => choices().getByRole('radio', { name: /^WebGPU/ });
/** What the latest task of a kind was to be computed by; absent: whatever there is. */
const backendOf = (engine: FakeEngine, type: 'load' | 'run') => {
  const task = engine.tasks.findLast((each) => each.type === type);
  if (!task) throw new Error(`no ${type} was sent`);
  return 'backend' in task ? task.backend : undefined;
};

describe('what computes', () => {
  it('is WebGPU where nobody chose; the CPU where that was chosen: the models are loaded there, and runs are made there, by keyboard too', async () => {
    const engine = await openPage();
    await expect.element(webGpu()).toBeChecked();
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
    await expect.poll(() => backendOf(engine, 'load')).toBeUndefined();
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

  it('stays while the models work', async () => {
    const engine = await openPage();
    engine.options.hold = 2;
    await prompt().fill('Count from 1 to 30.');
    await runButton().click();
    await expect.element(cpu()).toBeDisabled();
  });
});
