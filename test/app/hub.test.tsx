import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { idOfHubModel, keepHubModel } from '../../src/catalog/hubModels';
import { mirrored } from '../../src/catalog/mirror';
import { isOfHub } from '../../src/catalog/spec';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { useBackend } from '../../src/store/engine/backend';
import { readAddedModels, useCatalogue } from '../../src/store/engine/catalogue';
import { useLoading } from '../../src/store/engine/loading';
import { occupy } from '../../src/store/engine/work';
import { cancelDownload, useDownloads } from '../../src/store/models/downloads';
import { useOtherTabs } from '../../src/store/models/otherTabs';
import { readPublished, useMirror, usePublished } from '../../src/store/models/published';
import { useOffline } from '../../src/store/offline/offline';
import { useSettings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { openPage, prompt, runToEnd } from './support/openPage';
import { PageHub, type PageHubFault } from './support/pageHub';
import { tabTo } from './support/tabTo';
import { showView } from './support/views';

const [TARGET, DRAFT] = ['Qwen2.5-1.5B-Instruct', 'Qwen2.5-0.5B-Instruct'];
const SIZES = [
  [1600, 900],
  [1280, 720],
  [390, 844],
] as const;

let hub: PageHub;
/** URLs of the target's shards. */
let shards: readonly string[] = [];

beforeEach(forget);
afterEach(forget);

async function forget(): Promise<void> {
  useDownloads.setState(useDownloads.getInitialState());
  useOtherTabs.setState(useOtherTabs.getInitialState());
  useMirror.setState({ mirror: null });
  useOffline.setState(useOffline.getInitialState());
  for (const name of await caches.keys()) await caches.delete(name);
}

/** The view of models, with the embedded pair published as another. */
async function openModels() {
  const engine = await openPage();
  hub = new PageHub();
  hub.serve();
  await readPublished();
  shards = await put('target', TARGET);
  await put('draft', DRAFT);
  await showView('models');
  await expect.element(page.getByRole('button', { name: `Look at it: ${TARGET}`, exact: true })).toBeInTheDocument();
  hub.asked.length = 0;
  return engine;
}

const versions = (name: string) => usePublished.getState().list?.models.find((model) => model.name === name)?.versions ?? [];

/** In every version: which one is offered, the adapter of the machine decides. */
async function put(model: 'target' | 'draft', name: string): Promise<readonly string[]> {
  const urls: string[] = [];
  for (const { record } of versions(name)) urls.push(...(await hub.put(model, record)));
  return urls;
}

const card = (name: RegExp = new RegExp(`^${TARGET} .* with ${DRAFT}`)) => page.getByRole('region', { name });
const button = (name: RegExp | string) => card().getByRole('button', { name });
const lookAt = (name = TARGET) => page.getByRole('button', { name: `Look at it: ${name}`, exact: true }).click();
const weightsAsked = () => hub.asked.filter((url) => url.endsWith('.bin'));
const chosenShards = () => {
  const target = useDownloads.getState().downloads[0]?.target.record.model;
  return shards.filter((url) => url.startsWith(`${target}/`));
};

/** Asks about the pair, breaks one of its shards, and agrees to the download. */
async function download(fault: PageHubFault | null, times = Infinity): Promise<string> {
  await lookAt();
  await expect.element(button(/^Download \d/)).toBeInTheDocument();
  const shard = chosenShards()[1] ?? '';
  if (fault) hub.break(shard, fault, times);
  hub.asked.length = 0;
  await button(/^Download \d/).click();
  return shard;
}

const stored = async () => {
  const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return all.flat().flatMap(({ url }) => (url.includes('/models-hub/') ? [url] : []));
};

describe('a published pair', () => {
  it('is looked at without its weights, fetched when a person agrees, used, and deleted', async () => {
    const engine = await openModels();
    expect(hub.asked).toEqual([]);
    await lookAt();
    await expect.element(card().getByText(/^\d+\.\d MB, and 2 files of some MB from huggingface\.co$/)).toBeInTheDocument();
    await expect
      .element(
        card().getByText(/ parameters · llama in q8f32, \d+ layers of 256, \d+ heads.* of memory .* · runs on every adapter · tokenizer /),
      )
      .toBeInTheDocument();
    expect(weightsAsked()).toEqual([]);
    expect(await stored()).toHaveLength(6);
    await button(/^Download \d/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    await button('Use it now').click();
    await expect.poll(() => isOfHub(useSettings.getState().target)).toBe(true);
    const load = engine.tasks.findLast((task) => task.type === 'load');
    expect(load?.type === 'load' && [load.pair.target.name, load.pair.draft]).toMatchObject([
      expect.stringContaining(TARGET),
      { name: expect.stringContaining(DRAFT) },
    ]);
    hub.asked.length = 0;
    const target = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TARGET} q4`) }) });
    await expect.element(target.getByText('in use')).toBeInTheDocument();
    await target.getByRole('button', { name: /^Delete/ }).click();
    await target.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(async () => (await stored()).some((url) => url.includes(TARGET))).toBe(false);
    await expect.element(target).not.toBeInTheDocument();
    expect(document.activeElement).not.toBe(document.body);
    expect((await stored()).some((url) => url.includes(DRAFT))).toBe(true);
    expect([useSettings.getState().target, hub.asked]).toEqual(['target', []]);
  });

  it('keeps its caches in half precision where that is chosen, before the download and after it', async () => {
    const engine = await openModels();
    const choice = (within: typeof page | ReturnType<typeof card>) =>
      within.getByRole('combobox', { name: /^Keys and values in the cache of Qwen/ });
    const loaded = () => {
      const load = engine.tasks.findLast((task) => task.type === 'load');
      const { target, draft } = load?.type === 'load' ? load.pair : { target: null, draft: null };
      return [target?.halfCache, typeof draft === 'object' && draft?.halfCache];
    };
    await lookAt();
    await expect.element(choice(card())).toHaveValue('full');
    const memory = () => card().element().querySelector('[data-count=memory]')?.textContent ?? '';
    const whole = memory();
    await choice(card()).selectOptions('half');
    await expect
      .element(
        card()
          .getByText(/ with a cache of [\d,]+ tokens in half precision · /)
          .first(),
      )
      .toBeInTheDocument();
    await expect.poll(memory).not.toBe(whole);
    expect(Number.parseFloat(memory())).toBeLessThan(Number.parseFloat(whole));
    await button(/^Download \d/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    await button('Use it now').click();
    await expect.poll(loaded).toEqual([true, true]);
    await expect.poll(() => useLoading.getState().underWay).toBe(false);
    const target = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TARGET} q4`) }) });
    await expect.element(target.getByText(/ tokens in half precision · /).first()).toBeInTheDocument();
    await choice(target).selectOptions('full');
    await expect.poll(loaded).toEqual([undefined, true]);
    expect(JSON.parse(localStorage.getItem('foretoken.half-caches') ?? '{}').state.models).toEqual([expect.stringContaining(DRAFT)]);
  });

  it('has its caches found by a search, and its card while they cannot be changed', async () => {
    await openModels();
    await lookAt();
    await button(/^Download \d/).click();
    await button('Use it now').click();
    const target = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${TARGET} q4`) }) });
    const search = async () => {
      await userEvent.keyboard('{Control>}k{/Control}');
      await userEvent.keyboard('keys and values{Enter}');
    };
    const choice = target.getByRole('combobox', { name: /^Keys and values/ });
    await expect.element(choice).toBeEnabled();
    await search();
    await expect.element(choice).toHaveFocus();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = occupy('experiment', () => promise);
    await expect.element(choice).toBeDisabled();
    await search();
    await expect.element(target.getByRole('heading')).toHaveFocus();
    resolve();
    await work;
    await expect.element(choice).toBeEnabled();
    await expect.element(choice).not.toHaveFocus();
  });

  it('is stopped within a shard and goes on at another visit with what is missing alone', async () => {
    await openModels();
    const shard = await download('held', 1);
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await button(/^Pause/).click();
    await expect.element(card().getByText(/^Paused\./)).toBeInTheDocument();
    hub.repair();
    // As a page does that is opened again.
    const remembered = localStorage.getItem('foretoken.downloads') ?? '';
    await showView('watch');
    useDownloads.setState({ downloads: [] });
    localStorage.setItem('foretoken.downloads', remembered);
    await useDownloads.persist.rehydrate();
    await showView('models');
    await button(/^Go on/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    const missing = chosenShards().slice(chosenShards().indexOf(shard));
    expect(weightsAsked().filter((url) => shards.includes(url))).toEqual(missing);
  });

  it('is cancelled, and nothing of what was not complete stays; what was loaded does', async () => {
    await openModels();
    const before = useLoading.getState().progress;
    await download('held', 1);
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await button(/^Cancel/).click();
    await expect.poll(stored).toEqual([]);
    expect(card().query()).toBeNull();
    expect(useLoading.getState().progress).toEqual(before);
  });

  it('that another tab downloads is shown here, cannot be begun here too, and is offered here when it is there', async () => {
    await openModels();
    const other = new BroadcastChannel('foretoken.downloads');
    onTestFinished(() => other.close());
    const told: { key: string; download: object | null }[] = [];
    other.onmessage = ({ data }) => told.push(data);
    await download('held', 1);
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await button(/^Cancel/).click();
    await expect.poll(() => told.at(-1)).toMatchObject({ key: expect.stringContaining(TARGET), download: null });
    hub.repair();
    const last = told.findLast((each) => each.download !== null);
    expect(last?.download).toMatchObject({ state: 'fetching', transfer: { state: 'running' } });
    other.postMessage(last);
    await expect.element(card().getByText('Another tab of this page downloads it, and can pause or cancel it.')).toBeInTheDocument();
    await expect.element(card().getByRole('progressbar')).toBeInTheDocument();
    expect(card().getByRole('button').query()).toBeNull();
    await page.getByRole('combobox', { name: `Draft for ${TARGET}` }).selectOptions('');
    await lookAt();
    const alone = card(new RegExp(`^${TARGET} q4f\\d+_1$`));
    await expect.element(alone.getByRole('button', { name: /^Not now/ })).toBeInTheDocument();
    other.postMessage(last);
    await expect.element(alone.getByText(/^Another download is under way/)).toBeInTheDocument();
    await alone.getByRole('button', { name: /^Not now/ }).click();
    const kept = usePublished.getState().list?.models.find(({ name }) => name === DRAFT)?.versions[0].record;
    const model = useCatalogue.getState().catalogue?.models[0];
    if (!kept || !model) throw new Error('there are models');
    await keepHubModel(BROWSER_CACHE, document.baseURI, { ...model, id: idOfHubModel(kept.model_id), name: 'From another tab' });
    other.postMessage({ key: last?.key, download: null });
    await expect.element(page.getByRole('heading', { name: 'From another tab' })).toBeInTheDocument();
    expect(card().query()).toBeNull();
  });

  it('that a silent tab fetches is neither begun nor deleted here, and goes off the list when its models are there', async () => {
    await openModels();
    await download('held', 1);
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await button(/^Pause/).click();
    await expect.element(card().getByText(/^Paused\./)).toBeInTheDocument();
    hub.repair();
    const begun = useDownloads.getState();
    const ids = begun.downloads.flatMap(({ target, draft }) => [target, draft]).flatMap((each) => (each ? [each.record.model_id] : []));
    const [first] = ids;
    if (!first) throw new Error('there is a target');
    let end: () => void = () => undefined;
    const taken = new Promise<void>((taking) => {
      const otherTab = new Promise<void>((resolve) => {
        end = resolve;
      });
      void navigator.locks.request(`foretoken.download.${first}`, () => {
        taking();
        return otherTab;
      });
    });
    onTestFinished(() => end());
    await taken;
    hub.asked.length = 0;
    await button(/^Go on/).click();
    await expect.element(card().getByText('Another tab of this page downloads it, and can pause or cancel it.')).toBeInTheDocument();
    expect(useDownloads.getState().downloads).toMatchObject([{ state: 'paused', agreed: true }]);
    expect(weightsAsked()).toEqual([]);
    const ofTarget = async () => (await stored()).filter((url) => url.includes(first));
    const before = await ofTarget();
    expect(before.length).toBeGreaterThan(0);
    await cancelDownload(begun.downloads[0]?.key ?? '');
    expect(useDownloads.getState().downloads).toEqual([]);
    expect(await ofTarget()).toEqual(before);
    // What was paused in this tab, and what the other one fetched, is the same.
    useDownloads.setState(begun);
    const model = useCatalogue.getState().catalogue?.models[0];
    if (!model) throw new Error('there are models');
    for (const id of ids) await keepHubModel(BROWSER_CACHE, document.baseURI, { ...model, id: idOfHubModel(id), name: `Come: ${id}` });
    await readAddedModels();
    await expect.poll(() => useDownloads.getState().downloads).toEqual([]);
  });

  const UNSEEN: readonly PageHubFault[] = ['busy', 'down', 'cut', 'long', 'damaged', 'html'];
  it.each(UNSEEN)('comes all the same where a shard comes wrong once (%s)', async (fault) => {
    await openModels();
    const shard = await download(fault, 1);
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    expect(weightsAsked().filter((url) => url === shard)).toHaveLength(2);
    expect(card().getByRole('alert').query()).toBeNull();
  });

  const SEEN: readonly (readonly [PageHubFault, RegExp, RegExp])[] = [
    ['missing', /^A model file is missing: params_shard_1\.bin \(the server answered 404\)\.$/, /another model or a mirror that has it\.$/],
    ['denied', /^The model file params_shard_1\.bin was refused: the server answered 401\.$/, /^There may be no such file/],
    ['refused', /^The model file params_shard_1\.bin was refused: the server answered 429\.$/, /Wait 120 s, then try again/],
    [
      'broken',
      /^The model file params_shard_1\.bin was refused: the server answered 500\.$/,
      /Try again later; files that are complete are kept/,
    ],
    ['cut', /params_shard_1\.bin; it ends after \d+ of \d+ bytes\.$/, /it alone is downloaded again/],
    ['long', /params_shard_1\.bin; it is longer than its \d+ bytes\.$/, /it alone is downloaded again/],
    ['damaged', /params_shard_1\.bin; its MD5 is not the one in the list of its tensors\.$/, /it alone is downloaded again/],
    ['html', /params_shard_1\.bin; it ends after \d+ of \d+ bytes\.$/, /it alone is downloaded again/],
    ['broken-off', /^The download of params_shard_1\.bin broke off\.$/, /Files that are complete are kept\.$/],
    [
      'elsewhere',
      /^The request for params_shard_1\.bin was sent on from huggingface\.co to login\.network\.test/,
      /sign in to this network/,
    ],
  ];
  it.each(SEEN)('tells what is wrong with a shard (%s), and a retry fetches what is missing alone', async (fault, message, hint) => {
    await openModels();
    const shard = await download(fault);
    const alert = card().getByRole('alert');
    await expect.element(alert.getByText(message)).toBeInTheDocument();
    await expect.element(alert.getByText(hint)).toBeInTheDocument();
    const here = new Set(await stored());
    hub.repair();
    await button(/^Try again/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    expect(weightsAsked()).toContain(shard);
    const again = weightsAsked().filter((url) => here.has(placeOf(url)));
    expect(again).toEqual([]);
  });

  it('that the browser dropped a shard of, or cut it, has that one fetched again alone', async () => {
    await openModels();
    const shard = await download(null);
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    const cache = await caches.open('webllm/model');
    await cache.delete(placeOf(shard));
    const cut = placeOf(chosenShards()[2] ?? '');
    const whole = await cache.match(cut);
    await cache.put(cut, new Response('cut', { headers: whole?.headers ?? {} }));
    await button('Dismiss').click();
    hub.asked.length = 0;
    await lookAt();
    await button(/^Download \d/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    expect(hub.asked).toEqual([shard, chosenShards()[2]]);
  });

  it('is refused where there is no room for it, before any of it comes, and says what to do', async () => {
    await openModels();
    vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ usage: 10e6, quota: 11e6 });
    await lookAt();
    const alert = card().getByRole('alert');
    await expect.element(alert).toHaveTextContent(/MB would be stored, and the browser has room for 1\.0 MB\.Delete a model/);
    await expect.element(button(/^Download \d/)).toHaveAttribute('aria-disabled', 'true');
    expect(weightsAsked()).toEqual([]);
  });

  it('takes less memory with a shorter cache', async () => {
    await openModels();
    await lookAt();
    const memory = () => document.querySelector('[data-count="memory"]')?.textContent ?? '';
    await expect.poll(memory).toMatch(/MB$/);
    const before = memory();
    await card().getByRole('combobox', { name: 'Tokens that a cache holds' }).selectOptions('1024');
    await expect.poll(() => useDownloads.getState().downloads[0]?.pair?.target.context).toBe(1024);
    await expect.poll(memory).toMatch(/MB$/);
    expect(memory()).not.toBe(before);
  });
});

describe('what is refused', () => {
  it('a draft with another tokenizer, by the content of both; the target alone can be taken', async () => {
    await openModels();
    for (const { record } of versions(DRAFT)) {
      const url = `${record.model}/resolve/main/tokenizer.json`;
      const tokenizer = JSON.parse(hub.textOf(url));
      tokenizer.model.merges.pop();
      hub.putText(url, JSON.stringify(tokenizer));
    }
    await lookAt();
    await expect
      .element(card().getByRole('alert'))
      .toHaveTextContent(/do not share a vocabulary.*Choose a draft of the target’s own family/);
    expect(weightsAsked()).toEqual([]);
    await button(/^Take Qwen2\.5-1\.5B-Instruct .* alone$/).click();
    await expect.element(card(new RegExp(`^${TARGET} q4f\\d+_1$`)).getByRole('button', { name: /^Download \d/ })).toBeInTheDocument();
  });

  it.each([
    ['Qwen3-8B', /is no smaller than|another family/],
    ['gemma3-1b-it', /forgets what is behind a sliding window: rejected tokens cannot be taken back/],
    ['Llama-3.2-1B-Instruct', /of another family .* You may have the page compare both tokenizers/],
  ])('%s as a draft, with the reason on asking', async (name, reason) => {
    await openModels();
    await page.getByText('Why not another draft?').first().click();
    await page.getByRole('combobox', { name: `Another draft for ${TARGET}` }).selectOptions(name);
    await expect.element(page.getByText(reason)).toBeInTheDocument();
    expect(hub.asked).toEqual([]);
  });

  const ADDRESSES: readonly (readonly [string, string, string, RegExp])[] = [
    ['text', 'a model', 'https://host.test/lib.wasm', /^"a model" is no address of the web\./],
    ['another scheme', 'ftp://host.test/m', 'https://host.test/lib.wasm', /^"ftp:\/\/host\.test\/m" is no address of the web\./],
    ['no library', 'https://host.test/m', '', /^"" is no address of the web\./],
    ['nothing there', 'https://host.test/m', 'https://host.test/lib.wasm', /^A model file is missing: mlc-chat-config\.json/],
    [
      'a page',
      'https://host.test/page',
      'https://host.test/lib.wasm',
      /^host\.test answered with a page in place of mlc-chat-config\.json\./,
    ],
    [
      'other JSON',
      'https://host.test/other',
      'https://host.test/lib.wasm',
      /^The model other-.* cannot be used: mlc-chat-config\.json: vocab_size/,
    ],
  ];
  it.each(ADDRESSES)('an address of no model (%s), and nothing that was there is lost', async (_, folder, library, message) => {
    await openModels();
    hub.putText('https://host.test/page/resolve/main/mlc-chat-config.json', '<!doctype html><title>Models</title>');
    hub.putText('https://host.test/other/resolve/main/mlc-chat-config.json', '{"pictures": []}');
    const before = { progress: useLoading.getState().progress, models: useCatalogue.getState().catalogue?.models };
    await page.getByRole('textbox', { name: 'Address of the folder' }).fill(folder);
    await page.getByRole('textbox', { name: 'Address of the library (.wasm)' }).fill(library);
    await page.getByRole('button', { name: 'Look at it', exact: true }).last().click();
    // At the form, whether the page refuses the address or its host does.
    await expect
      .element(page.getByRole('region', { name: 'A model by its address' }).getByRole('alert').getByText(message))
      .toBeInTheDocument();
    expect({ progress: useLoading.getState().progress, models: useCatalogue.getState().catalogue?.models }).toEqual(before);
    expect(await stored()).toEqual([]);
  });

  const LIBRARIES: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', 'https://host.test/none.wasm', /^A model file is missing: https:\/\/host\.test\/none\.wasm/],
    ['a page', 'https://host.test/page', /^host\.test answered with a page in place of https:\/\/host\.test\/page\.$/],
    [
      'text',
      'https://host.test/text',
      /^The model tiny.* cannot be used: there is no library at https:.*: what is there is no WebAssembly\.$/,
    ],
  ];
  it.each(LIBRARIES)('a model at whose library’s address is %s, before its weights come', async (_, library, message) => {
    await openModels();
    hub.putText('https://host.test/page', '<!doctype html><title>Models</title>');
    hub.putText('https://host.test/text', 'no library');
    const [first] = versions(TARGET);
    if (!first) throw new Error('the list has the target');
    await hub.put('target', { ...first.record, model: 'https://host.test/tiny/model', model_lib: 'https://host.test/lib.wasm' });
    await page.getByRole('textbox', { name: 'Address of the folder' }).fill('https://host.test/tiny/model');
    await page.getByRole('textbox', { name: 'Address of the library (.wasm)' }).fill(library);
    await page.getByRole('button', { name: 'Look at it', exact: true }).last().click();
    const shown = card(/^tiny$/);
    await expect.element(shown.getByRole('alert').getByText(message)).toBeInTheDocument();
    expect(weightsAsked()).toEqual([]);
    await shown.getByRole('button', { name: /^Cancel/ }).click();
    await expect.poll(stored).toEqual([]);
  });

  it('a list of tensors that lies about sizes: too large for the storage, or not those of the files', async () => {
    await openModels();
    const lie = (bytes: number) => {
      for (const { record } of versions(TARGET)) {
        const url = `${record.model}/resolve/main/tensor-cache.json`;
        const cache = JSON.parse(hub.textOf(url));
        cache.records[1].nbytes = bytes;
        hub.putText(url, JSON.stringify(cache));
      }
    };
    lie(9e15);
    await lookAt();
    await expect.element(card().getByRole('alert')).toHaveTextContent(/would be stored, and the browser has room for/);
    await button(/^Not now/).click();
    lie(1000);
    await lookAt();
    await button(/^Download \d/).click();
    await expect.element(card().getByRole('alert')).toHaveTextContent(/params_shard_1\.bin; it is longer than its 1000 bytes\./);
  });

  it('a mirror that is no address', async () => {
    await openModels();
    await page.getByRole('textbox', { name: /^Address of a mirror/ }).fill('my mirror');
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('"my mirror" is no address of the web.');
    expect(useMirror.getState().mirror).toBeNull();
  });
});

describe('the view of models', () => {
  it('takes published models from a mirror, by keyboard', async () => {
    await openModels();
    await tabTo(page.getByRole('textbox', { name: /^Address of a mirror/ }).element());
    await userEvent.keyboard('https://mirror.test/models{Enter}');
    await expect.element(page.getByText('Published models come from mirror.test.')).toBeInTheDocument();
    await tabTo(page.getByRole('button', { name: `Look at it: ${TARGET}`, exact: true }).element());
    await userEvent.keyboard('{Enter}');
    await expect.element(card().getByRole('alert')).toHaveTextContent('A model file is missing: mlc-chat-config.json');
    expect(hub.asked.length).toBeGreaterThan(0);
    expect(hub.asked.every((url) => url.startsWith('https://mirror.test/models/mlc-ai/'))).toBe(true);
  });

  it('goes on from a mirror at another visit, which has not read the list yet', async () => {
    await openModels();
    useMirror.setState({ mirror: 'https://mirror.test/' });
    for (const { record } of versions(TARGET)) await hub.put('target', mirrored(record, 'https://mirror.test/'));
    for (const { record } of versions(DRAFT)) await hub.put('draft', mirrored(record, 'https://mirror.test/'));
    await lookAt();
    await expect.element(button(/^Download \d/)).toBeInTheDocument();
    const record = useDownloads.getState().downloads[0]?.target.record;
    hub.break(`https://mirror.test/mlc-ai/${record?.model_id}/resolve/main/params_shard_1.bin`, 'held', 1);
    await button(/^Download \d/).click();
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await button(/^Pause/).click();
    await expect.element(card().getByText(/^Paused\./)).toBeInTheDocument();
    const remembered = localStorage.getItem('foretoken.downloads') ?? '';
    await showView('watch');
    usePublished.setState(usePublished.getInitialState());
    localStorage.setItem('foretoken.downloads', remembered);
    await useDownloads.persist.rehydrate();
    hub.repair();
    await showView('models');
    await button(/^Go on/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    expect(hub.asked.every((url) => url.startsWith('https://mirror.test/'))).toBe(true);
  });

  it('fetches a model from any address with the same checks, and offers it as a target', async () => {
    await openModels();
    const record = { model: 'https://host.test/me/mine', model_id: 'mine', model_lib: 'https://host.test/mine.wasm' };
    await hub.put('draft', record);
    await page.getByRole('textbox', { name: 'Address of the folder' }).fill(`${record.model}/tree/main`);
    await page.getByRole('textbox', { name: 'Address of the library (.wasm)' }).fill(record.model_lib);
    await page.getByRole('button', { name: 'Look at it', exact: true }).last().click();
    await card(/^mine$/)
      .getByRole('button', { name: /^Download \d/ })
      .click();
    await expect.element(card(/^mine$/).getByText('Stored in this browser.')).toBeInTheDocument();
    await card(/^mine$/)
      .getByRole('button', { name: 'Use it now' })
      .click();
    await showView('watch');
    await expect.element(page.getByRole('radio', { name: /^mine: published, stored here$/ })).toBeChecked();
    await prompt().fill('A fox.');
    await runToEnd();
  });

  it('says before a download how slow a model is without a graphics card, and what to take in place of a hopeless one', async () => {
    await openModels();
    usePublished.setState(({ device }) => ({ device: device && { ...device, software: true } }));
    await lookAt();
    await expect.element(button(/^Download \d/)).toBeInTheDocument();
    const expected = card().getByText(
      'Without a graphics card a token takes at least about 6 ms: one of SmolLM2 135M took 134 ms on two cores.',
    );
    await expect.element(expected).toBeInTheDocument();
    // As its small files would say of one that has so many.
    useDownloads.setState(({ downloads }) => ({
      downloads: downloads.map((each) => ({
        ...each,
        pair: each.pair && { ...each.pair, target: { ...each.pair.target, parameters: 8e9 } },
      })),
    }));
    const warning = card().getByRole('alert');
    await expect
      .element(warning)
      .toHaveTextContent(/too slow without a graphics card: .* about 8 s, and an answer of 100 tokens 13 min: one of SmolLM2/);
    const decodeMs = { webgpu: 5, cpu: 1 };
    useBackend.setState({
      computedBy: { type: 'computed-by', target: 'target', backend: 'cpu', adapter: 'CPU', because: { why: 'faster', decodeMs } },
    });
    await expect.element(warning).toHaveTextContent(/about 1 s, .*: one of target takes 1\.00 ms here\./);
    await warning.getByRole('button', { name: 'Look at SmolLM2-135M-Instruct' }).click();
    await expect.element(card(/^SmolLM2-135M-Instruct/)).toBeInTheDocument();
    expect(weightsAsked()).toEqual([]);
    usePublished.setState(({ device }) => ({ device: device && { ...device, software: false } }));
    await expect.element(warning).not.toBeInTheDocument();
  });

  it('says of the list and of this device what is needed and what there is', async () => {
    await openModels();
    await page.getByText(/^All \d+ models$/).click();
    await page.getByRole('searchbox', { name: 'Find' }).fill('gemma3');
    await expect
      .element(page.getByText(/^It forgets what is behind a sliding window, so it cannot take part in speculation/))
      .toBeInTheDocument();
    await page.getByRole('searchbox', { name: 'Find' }).fill('no such model');
    await expect.element(page.getByText('No published model has this in its name.')).toBeInTheDocument();
    await expect.element(page.getByText(/^At least 8 GB|[\d.]+ GB$/i).first()).toBeInTheDocument();
  });

  it.each(['light', 'dark'])('has nothing for axe to find in the %s theme, in any state, at three sizes', async (theme) => {
    await openModels();
    document.documentElement.dataset.theme = theme;
    const check = async (what: string) => {
      for (const [width, height] of SIZES) {
        await page.viewport(width, height);
        expect(await violations(theme), `${what}, ${width} px`).toEqual([]);
        expect(fitsTheWidth(), `${what}, ${width} px`).toBe(true);
      }
    };
    await lookAt();
    await expect.element(button(/^Download \d/)).toBeInTheDocument();
    await check('looked at');
    hub.break(chosenShards()[1] ?? '', 'held', 1);
    await button(/^Download \d/).click();
    await expect.element(card().getByText(/now params_shard_1\.bin$/)).toBeInTheDocument();
    await check('under way');
    await button(/^Pause/).click();
    await expect.element(card().getByText(/^Paused\./)).toBeInTheDocument();
    await check('paused');
    hub.break(chosenShards()[1] ?? '', 'damaged');
    await button(/^Go on/).click();
    await expect.element(card().getByRole('alert')).toBeInTheDocument();
    await check('failed');
    hub.repair();
    await button(/^Try again/).click();
    await expect.element(card().getByText('Stored in this browser.')).toBeInTheDocument();
    await page.getByText('Why not another draft?').first().click();
    await check('stored');
  });
});

/** Where the file at `url` is kept. */
function placeOf(url: string): string {
  const [, model = '', file = ''] = /\/([^/]+)\/resolve\/main\/(.+)$/.exec(url) ?? [];
  return new URL(`models-hub/${model}/resolve/main/${file}`, document.baseURI).href;
}
