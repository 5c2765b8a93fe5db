import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { FailureError } from '../../src/core/failure';
import { DEFAULT_RUN } from '../../src/core/settings';
import { EMPTY_PROGRESS } from '../../src/formats/progress';
import { keepAttempt, restoreProgress, setRead, useProgress } from '../../src/store/course/progress';
import { useBackend } from '../../src/store/engine/backend';
import { useCalibration } from '../../src/store/engine/calibration';
import { pairFor, useCatalogue } from '../../src/store/engine/catalogue';
import { sendTask } from '../../src/store/engine/connection';
import { chooseTarget, stopLoading, useLoading } from '../../src/store/engine/loading';
import { useMemory } from '../../src/store/engine/memory';
import { occupy } from '../../src/store/engine/work';
import { watchTab } from '../../src/store/page/tab';
import { chooseTheme, useTheme } from '../../src/store/page/theme';
import { addLesson, addView, holdPlaylist, usePlaylist } from '../../src/store/present/playlist';
import { openBrowserArchive } from '../../src/store/recordings/browserArchive';
import { HISTORY_LIMITS, keepHistory, pinRun, useHistory } from '../../src/store/recordings/history';
import { useRun } from '../../src/store/run/run';
import { changeSettings, type Settings, useSettings } from '../../src/store/run/settings';
import type { FakeEngine } from './support/fakeEngine';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage, prompt, runToEnd } from './support/openPage';

/** What another tab writes into the browser's storage, and that the browser tells of it, unless it has not come to that yet. */
function elsewhere(key: string, change: (stored: string) => string, told = true): void {
  const [oldValue] = [localStorage.getItem(key)];
  const newValue = change(oldValue ?? '');
  localStorage.setItem(key, newValue);
  if (told) dispatchEvent(new StorageEvent('storage', { key, oldValue, newValue, storageArea: localStorage }));
}

const edited = (change: (state: Record<string, unknown>) => Record<string, unknown>) => (stored: string) => {
  const { state, version } = JSON.parse(stored);
  return JSON.stringify({ state: change(state), version });
};

const chooseBackendElsewhere = (backend: string) =>
  elsewhere('foretoken.backend', () => JSON.stringify({ state: { backend }, version: 1 }));
const chooseHalfCachesElsewhere = (models: string[]) =>
  elsewhere('foretoken.half-caches', () => JSON.stringify({ state: { models }, version: 1 }));

/** The page with a second target, which is not stored. */
async function openBoth(settings: Partial<Settings> = {}): Promise<FakeEngine> {
  // The page of the test before may still read its lists, which this one would share.
  await expect.poll(() => useLoading.getState().underWay).toBe(false);
  return openPage({ further: () => Response.json(FURTHER_MANIFEST), settings });
}
const loadsOf = (engine: FakeEngine, id: string) => engine.tasks.filter((task) => task.type === 'load' && task.pair.target.id === id);
const isAskedFor = () => page.getByRole('button', { name: /^Load General 135M/ });

describe('two tabs of the page', () => {
  beforeEach(async () => {
    await openPage();
    restoreProgress();
    useProgress.setState({ progress: EMPTY_PROGRESS });
  });

  it.each([true, false])('lose no lesson and no attempt of each other (told: %s)', (told) => {
    setRead('rounds', true);
    elsewhere('foretoken.progress', (text) => JSON.stringify({ ...JSON.parse(text), lessons: { premise: { readAt: 1 } } }), told);
    keepAttempt({ one: true });
    setRead('lossless', true);
    const kept = JSON.parse(localStorage.getItem('foretoken.progress') ?? '');
    expect(Object.keys(kept.lessons).sort()).toEqual(['lossless', 'premise']);
    expect(kept.attempts).toHaveLength(1);
    expect(Object.keys(useProgress.getState().progress.lessons).sort()).toEqual(['lossless', 'premise']);
  });

  it('change the caches of the models in both, and here once the models are free, which are loaded again', async () => {
    const engine = await openPage();
    const halved = () => useCatalogue.getState().catalogue?.targets[0]?.model.halfCache;
    const loads = () => engine.tasks.filter(({ type }) => type === 'load').length;
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    const before = loads();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = occupy('experiment', () => promise);
    chooseHalfCachesElsewhere(['target']);
    // The page has heard of it by now, and waits.
    expect([halved(), loads()]).toEqual([undefined, before]);
    resolve();
    await work;
    await expect.poll(loads).toBe(before + 1);
    expect(halved()).toBe(true);
    // Also by an engine that tells nothing of their way.
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    expect(engine.tasks.findLast(({ type }) => type === 'load')).toMatchObject({ pair: { target: { id: 'target', halfCache: true } } });
  });

  it('choose what computes in both, and here once the models are free, which are loaded there; runs of the work under way stay where it began', async () => {
    const engine = await openPage();
    const backends = (type: 'load' | 'run') =>
      engine.tasks.flatMap((task) => (task.type === type ? [('backend' in task ? task.backend : undefined) ?? 'auto'] : []));
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    const told = { type: 'computed-by', target: 'target', backend: 'webgpu', adapter: 'a', because: { why: 'graphics-card' } } as const;
    useBackend.setState({ computedBy: told });
    useMemory.setState({ adapter: 'a' });
    const before = backends('load');
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = async () => {
      const task = { prompt: 'A fox.', turns: [], settings: DEFAULT_RUN, calibration: null };
      for await (const _ of sendTask({ type: 'run', pair: pairFor(useSettings.getState()), ...task }));
    };
    const work = occupy('experiment', () => promise.then(run));
    chooseBackendElsewhere('cpu');
    expect([useBackend.getState().backend, useBackend.getState().computedBy, backends('load')]).toEqual(['cpu', told, before]);
    resolve();
    await work;
    expect(backends('run')).toEqual(['auto']);
    expect([useBackend.getState().computedBy, useMemory.getState().adapter]).toEqual([null, '']);
    await expect.poll(() => backends('load')).toEqual([...before, 'cpu']);
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    await run();
    expect(backends('run')).toEqual(['auto', 'cpu']);
  });

  it.each([true, false])('add to one playlist (told: %s)', (told) => {
    usePlaylist.setState({ title: 'A lecture', items: [] });
    addLesson('rounds', 'First here');
    elsewhere(
      'foretoken.playlist',
      edited((state) => ({
        ...state,
        items: [...(state.items as object[]), { kind: 'lesson', id: 'x', title: 'There', notes: '', path: 'learn/x' }],
      })),
      told,
    );
    addView('race', 'Then here');
    const titles = ['First here', 'There', 'Then here'];
    expect(usePlaylist.getState().items.map(({ title }) => title)).toEqual(titles);
    expect(JSON.parse(localStorage.getItem('foretoken.playlist') ?? '').state.items.map((item: { title: string }) => item.title)).toEqual(
      titles,
    );
  });

  it('present what each began with, while the other changes the playlist', () => {
    usePlaylist.setState({ title: 'A lecture', items: [] });
    addLesson('rounds', 'Presented');
    onTestFinished(() => holdPlaylist(false));
    holdPlaylist(true);
    elsewhere(
      'foretoken.playlist',
      edited((state) => ({ ...state, items: [] })),
    );
    expect(usePlaylist.getState().items).toHaveLength(1);
    holdPlaylist(false);
    expect(usePlaylist.getState().items).toHaveLength(0);
  });

  it('have one theme, keep each other’s measured costs, and each its own settings', () => {
    chooseTheme('light');
    elsewhere(
      'foretoken.theme',
      edited(() => ({ theme: 'dark' })),
    );
    expect(useTheme.getState().theme).toBe('dark');
    const costs = {
      ...{ rows: [1, 2], contexts: [0, 512], draftMs: [1, 1], readbackMs: 1, plainFixedMs: 1, roundFixedMs: 1 },
      verifyMs: [
        [1, 1],
        [1, 1],
      ],
    };
    useCalibration.setState({ measured: {} });
    elsewhere(
      'foretoken.calibrations',
      edited(() => ({ measured: { there: { adapter: 'a', calibration: costs } } })),
    );
    expect(Object.keys(useCalibration.getState().measured)).toEqual(['there']);
    changeSettings({ temperature: 0.5 });
    elsewhere(
      'foretoken.settings',
      edited((state) => ({ ...state, temperature: 1 })),
    );
    expect(useSettings.getState().temperature).toBe(0.5);
  });

  it('see one history: what the other keeps, pins and deletes', async () => {
    const there = await openBrowserArchive();
    await there.remove((await there.list()).map(({ id }) => id));
    onTestFinished(keepHistory());
    await expect.poll(() => useHistory.getState().keeps).toBe('browser');
    await prompt().fill('A fox.');
    await page.getByLabelText('Most tokens').fill('10');
    await runToEnd();
    const entries = () => useHistory.getState().entries;
    await expect.poll(() => entries().length).toBe(1);
    const [mine] = entries();
    if (!mine) throw new Error('no run was kept');
    const trace = (await there.read(mine.id)) ?? '';
    await there.add({ ...mine, id: 'theirs', at: mine.at + 1, pinned: true }, trace, HISTORY_LIMITS);
    await expect.poll(() => entries().map(({ id }) => id)).toEqual(['theirs', mine.id]);
    await expect.poll(() => useHistory.getState().pinned?.length).toBe(useRun.getState().events.length);
    await pinRun(mine.id);
    expect((await there.list()).filter(({ pinned }) => pinned).map(({ id }) => id)).toEqual([mine.id]);
    await there.remove([mine.id]);
    await expect.poll(() => entries().map(({ id }) => id)).toEqual(['theirs']);
    await expect.poll(() => useHistory.getState().pinned).toBeNull();
  });

  it('are distinguished where one is a copy of the other, with all that its session kept', () => {
    onTestFinished(watchTab());
    const show = (state: 'hidden' | 'visible') => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    onTestFinished(() => {
      Reflect.deleteProperty(document, 'visibilityState');
    });
    show('hidden');
    expect(sessionStorage.getItem('foretoken.tab')).not.toBeNull();
    show('visible');
    expect(sessionStorage.getItem('foretoken.tab')).toBeNull();
  });
});

describe('a choice in another tab', () => {
  it.each(['stopped', 'failed'])('of what computes lets a download that was %s here wait to be asked for', async (how) => {
    const engine = await openBoth();
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    if (how === 'failed') {
      vi.spyOn(engine, 'send').mockImplementationOnce(() => {
        throw new FailureError('network', 'The download broke off.', 'Load it again.');
      });
      await chooseTarget('general');
      expect(useLoading.getState().failure?.code).toBe('network');
    } else {
      engine.options.pace = 300;
      void chooseTarget('general');
      await expect.poll(() => useLoading.getState().progress.general?.phase).toBe('downloading');
      stopLoading();
    }
    const before = loadsOf(engine, 'general');
    chooseBackendElsewhere('cpu');
    await expect.element(isAskedFor()).toBeInTheDocument();
    expect([useBackend.getState().backend, loadsOf(engine, 'general')]).toEqual(['cpu', before]);
  });

  it('during work here, and one after it, begin no download that nobody asked for', async () => {
    const engine = await openBoth({ target: 'general', draft: 'general', drafting: 'ngram' });
    await expect.element(isAskedFor()).toBeInTheDocument();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = occupy('experiment', () => promise);
    chooseHalfCachesElsewhere(['general']);
    chooseBackendElsewhere('cpu');
    chooseBackendElsewhere('webgpu');
    resolve();
    await work;
    await expect.poll(() => useLoading.getState().underWay).toBe(false);
    await expect.element(isAskedFor()).toBeInTheDocument();
    expect([useBackend.getState().backend, loadsOf(engine, 'general')]).toEqual(['webgpu', []]);
  });

  it.each([
    ['what computes', () => chooseBackendElsewhere('cpu'), { backend: 'cpu' }],
    ['the caches', () => chooseHalfCachesElsewhere(['general']), { pair: { target: { halfCache: true } } }],
  ] as const)('of %s lets a download that was asked for here go on', async (_, choose, asked) => {
    const engine = await openBoth();
    await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
    engine.options.pace = 300;
    void chooseTarget('general');
    await expect.poll(() => useLoading.getState().progress.general?.phase).toBe('downloading');
    engine.options.pace = 0;
    choose();
    await expect.poll(() => useLoading.getState().progress.general?.phase).toBe('ready');
    expect(loadsOf(engine, 'general')).toHaveLength(2);
    expect(loadsOf(engine, 'general').at(-1)).toMatchObject(asked);
  });
});
