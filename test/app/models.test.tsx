import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { keepOwn, ownFolder } from '../../src/catalog/own';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { readAddedModels, useCatalogue } from '../../src/store/engine/catalogue';
import { useLoading } from '../../src/store/engine/loading';
import { occupy, stopWork } from '../../src/store/engine/work';
import { removeModel, sweepOwnModels, useOwnModels } from '../../src/store/models/ownModels';
import { useOffline } from '../../src/store/offline/offline';
import { useShell } from '../../src/store/offline/shell';
import { useSettings } from '../../src/store/run/settings';
import { ownLibraries, smallFile } from '../support/ownModels';
import { fitsTheWidth, violations } from './support/accessible';
import { MANIFEST } from './support/manifest';
import { log, openPage, prompt, runButton, runToEnd, stopButton, untilIdle } from './support/openPage';
import { tabTo } from './support/tabTo';

beforeEach(forget);
afterEach(forget);

async function forget(): Promise<void> {
  useOwnModels.setState(useOwnModels.getInitialState());
  useOffline.setState(useOffline.getInitialState());
  useShell.setState(useShell.getInitialState());
  for (const name of await caches.keys()) await caches.delete(name);
}

/** The page on a server that has libraries for small models of a person's own. */
async function openWithLibraries() {
  const engine = await openPage();
  const { asked, answer } = ownLibraries(document.baseURI);
  vi.mocked(fetch).mockImplementation(async (url) =>
    String(url).endsWith('manifest.json') ? Response.json(MANIFEST) : answer(String(url)),
  );
  await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
  return { engine, asked };
}

function drop(...files: File[]): void {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
}

const dialog = () => page.getByRole('dialog', { name: 'Models of your own' });
const button = (name: string) => dialog().getByRole('button', { name, exact: true });
const opened = (name: string, how = 'Ready') =>
  dialog()
    .getByRole('status')
    .filter({ hasText: `${name}: ${how}.` });

/** Addresses of all that is stored of own models. */
async function ownPlaces(): Promise<string[]> {
  const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return all.flat().flatMap(({ url }) => (url.includes('/models-own/') ? [url] : []));
}

it('two files are dropped on the page: the larger becomes the target, the smaller its draft, and the pair runs', async () => {
  const { engine, asked } = await openWithLibraries();
  drop(smallFile('small.gguf'), smallFile('large.gguf', { all: 'Q8_0' }));
  await expect.element(opened('small.gguf and large.gguf')).toBeInTheDocument();
  const target = engine.tasks.at(-1);
  expect(target?.type === 'load' && target.pair.target.name).toBe('large');
  expect(target?.type === 'load' && typeof target.pair.draft === 'object' && target.pair.draft?.name).toBe('small');
  await button('Close').click();
  await expect.element(page.getByRole('radio', { name: 'large: your own file' })).toBeChecked();
  await prompt().fill('A fox.');
  await runToEnd();
  expect(engine.runs.at(-1)?.pair.target.name).toBe('large');
  expect(log().element().textContent).not.toBe('');
  expect(asked.filter((url) => url.includes('models-own'))).toEqual([]);
  useShell.setState({ shell: 'stored', bytes: 6_600_000 });
  await expect.element(page.getByRole('button', { name: /Offline: ready$/ })).toBeInTheDocument();
});

it('a model is deleted by keyboard after it is asked once: all bytes go, and the first target takes its place', async () => {
  const { engine } = await openWithLibraries();
  drop(smallFile('a.gguf'));
  await expect.element(button('Delete a')).toBeInTheDocument();
  await tabTo(button('Delete a').element());
  await userEvent.keyboard('{Enter}');
  await expect
    .element(dialog().getByText(/^Delete a\? That frees .* [kM]B\. To use it again, you open its file again\.$/))
    .toBeInTheDocument();
  await expect.element(button('Keep')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Delete a')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await userEvent.keyboard('{Shift>}{Tab}{/Shift}{Enter}');
  await expect.element(dialog().getByText('None yet.')).toBeInTheDocument();
  // Not thrown to the top of the page.
  expect(dialog().element().contains(document.activeElement)).toBe(true);
  expect(await ownPlaces()).toEqual([]);
  expect(engine.tasks.map(({ type }) => type).slice(-2)).toEqual(['remove', 'load']);
  expect(useSettings.getState().target).toBe('target');
  await expect.poll(() => useLoading.getState().progress.target?.phase).toBe('ready');
});

it('a model is not deleted while the models are at work, wherever it is asked for, and not where the page had asked back before', async () => {
  const { engine } = await openWithLibraries();
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  const { target } = useSettings.getState();
  await button('Delete a').click();
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const work = occupy('experiment', () => promise);
  onTestFinished(() => release());
  await expect.element(button('Delete')).toHaveAttribute('aria-disabled', 'true');
  await expect.element(dialog().getByText('It stays while the models work.')).toBeInTheDocument();
  await button('Keep').click();
  await expect.element(button('Delete a')).toHaveAttribute('aria-disabled', 'true');
  await button('Close').click();
  useOffline.setState({ panel: true });
  const inPanel = page.getByRole('button', { name: 'Delete Target', exact: true });
  await expect.element(inPanel).toHaveAttribute('aria-disabled', 'true');
  await removeModel(target);
  expect(engine.tasks.filter(({ type }) => type === 'remove')).toEqual([]);
  release();
  await work;
  await inPanel.click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => useSettings.getState().target).toBe('target');
});

it('a model that a newer version of the page made again has its new list at once', async () => {
  await openWithLibraries();
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  const id = useSettings.getState().target;
  const made = useCatalogue.getState().catalogue?.lists.find(({ models }) => models[id]);
  const model = made?.list.models[id];
  if (!made || !model) throw new Error('the model was not made');
  const list = { ...made.list, models: { [id]: { ...model, context: 77 } } };
  await keepOwn(BROWSER_CACHE, ownFolder(document.baseURI), id, list);
  await readAddedModels();
  expect(useCatalogue.getState().catalogue?.models.find((each) => each.id === id)?.context).toBe(77);
});

it('the same file once more is there already, and is chosen', async () => {
  await openWithLibraries();
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  await button('Close').click();
  await page.getByRole('radio', { name: /knows a few kinds/ }).click();
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf', 'Already there')).toBeInTheDocument();
  await expect.poll(() => useSettings.getState().target).toMatch(/^own:a-/);
});

it.each([
  { what: 'is there', stored: true, all: 'Q8_0', drafting: 'model' },
  { what: 'would be downloaded', stored: false, all: 'Q8_0', drafting: 'ngram' },
  { what: 'is nearly as large', stored: true, all: 'Q4_1', drafting: 'ngram' },
] as const)('a model whose draft $what begins with $drafting', async ({ stored, all, drafting }) => {
  await openWithLibraries();
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  await button('Close').click();
  for (const name of stored ? [] : await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (/own\/a-.*params_shard/.test(request.url)) await cache.delete(request);
  }
  drop(smallFile('large.gguf', { all }));
  await expect.element(opened('large.gguf')).toBeInTheDocument();
  await expect.poll(() => useSettings.getState().target).toMatch(/^own:large-/);
  expect(useSettings.getState()).toMatchObject({ drafting, draft: expect.stringMatching(/^own:a-/) });
});

it.each([
  { what: 'no model', files: () => [new File(['{"pictures": []}'], 'a.gguf')], says: 'its first bytes are not those of a GGUF file' },
  { what: 'too many', files: () => ['a', 'b', 'c'].map((name) => smallFile(`${name}.gguf`)), says: '3 files cannot be opened together' },
])('a file that is refused ($what) says why and what to do, and what was loaded stays', async ({ files, says }) => {
  await openWithLibraries();
  const before = useLoading.getState().progress;
  drop(...files());
  const alert = dialog().getByRole('alert');
  await expect.element(alert).toHaveTextContent(says);
  await expect.element(alert).toHaveTextContent(/(Download|Open) /);
  expect(await violations()).toEqual([]);
  await button('Dismiss').click();
  expect(alert.query()).toBeNull();
  await expect.element(dialog().getByText('None yet.')).toBeInTheDocument();
  expect(useLoading.getState().progress).toEqual(before);
});

it('a file that is cancelled in the middle leaves nothing', async () => {
  await openWithLibraries();
  let cancelled = false;
  const put = Cache.prototype.put;
  vi.spyOn(Cache.prototype, 'put').mockImplementation(async function (this: Cache, ...file) {
    if (String(file[0]).includes('/models-own/') && !cancelled) {
      cancelled = true;
      await button('Cancel opening a.gguf').click();
    }
    return put.apply(this, file);
  });
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf', 'Cancelled; nothing of it was kept')).toBeInTheDocument();
  expect(await ownPlaces()).toEqual([]);
  expect(useSettings.getState().target).toBe('target');
});

it('two files that are cancelled when one was ready say that it stays', async () => {
  await openWithLibraries();
  const file = (name: string) => ({ name, bytes: 1, progress: null, beganMs: 0, rate: null, made: null });
  const files = [{ ...file('a.gguf'), made: { id: 'own:a', isNew: true } }, file('b.gguf')];
  useOwnModels.setState({ panel: true, openings: [{ key: -1, files, state: 'cancelled', failure: null }] });
  await expect.element(opened('a.gguf and b.gguf', 'Cancelled; what was ready stays')).toBeInTheDocument();
});

it('a file that is opened while a run is under way waits for its end, and the run loses nothing', async () => {
  const { engine } = await openWithLibraries();
  engine.options.hold = 3;
  await prompt().fill('A fox.');
  await runButton().click();
  await expect.element(stopButton()).toBeEnabled();
  drop(smallFile('a.gguf'));
  await expect.element(dialog().getByText('Being checked')).toBeInTheDocument();
  stopWork();
  await untilIdle();
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  expect(log().element().querySelectorAll('[data-verdict]').length).toBeGreaterThan(3);
});

it('a model that is ready while the models are at work is chosen when a person asks for it', async () => {
  await openWithLibraries();
  let end = () => {};
  const measured = occupy(
    'experiment',
    () =>
      new Promise((resolve) => {
        end = resolve;
      }),
  );
  drop(smallFile('a.gguf'));
  await expect.element(opened('a.gguf')).toBeInTheDocument();
  await expect.element(button('Use it now')).toHaveAttribute('aria-disabled', 'true');
  expect(useSettings.getState().target).toBe('target');
  end();
  await measured;
  await button('Use it now').click();
  await expect.poll(() => useSettings.getState().target).toMatch(/^own:a-/);
});

it('what a closed tab left is deleted at the next start', async () => {
  await openWithLibraries();
  const left = new URL('models-own/half-0123/resolve/main/params_shard_0.bin', document.baseURI).href;
  await (await caches.open('webllm/model')).put(left, new Response('half'));
  await sweepOwnModels();
  expect(await ownPlaces()).toEqual([]);
});

it.each(['light', 'dark'])('the dialog has nothing for axe to find in the %s theme, at any width', async (theme) => {
  document.documentElement.style.colorScheme = theme;
  await openWithLibraries();
  drop(smallFile('a model with a long name, as they have it.Q4_K_M.gguf'));
  await expect.element(dialog().getByRole('button', { name: /^Delete a model/ })).toBeInTheDocument();
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
    [360, 740],
  ] as const) {
    await page.viewport(width, height);
    expect(await violations(theme)).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  }
});
