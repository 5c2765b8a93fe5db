import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { deleteLeftovers, ownFolder, readOwnLists } from '../../src/catalog/own';
import type { ModelSpec } from '../../src/catalog/spec';
import { findStored, SHELVES, storeModel } from '../../src/catalog/storedModels';
import { DEFAULT_RUN } from '../../src/core/settings';
import { PairEngine } from '../../src/engine/engine';
import type { DeviceLimits, OwnPorts } from '../../src/engine/ownPorts';
import type { ImportTask, Update } from '../../src/engine/tasks';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { fakePairs } from '../app/support/fakeEngine';
import { type Tensor, writeGguf } from '../support/gguf/file';
import { smallModel } from '../support/gguf/model';
import { refusalOf } from '../support/gguf/refusal';
import { ownLibraries, smallFile } from '../support/ownModels';
import { shippedPair } from '../support/shipped';

const BASE = 'https://page.test/lecture/';
const FOLDER = ownFolder(BASE);
const GENEROUS: DeviceLimits = { features: new Set(), bindingBytes: 2 ** 30, memoryBytes: null };

/** Every address that was asked for. */
let asked: string[] = [];
beforeEach(() => {
  const libraries = ownLibraries(BASE);
  asked = libraries.asked;
  vi.stubGlobal('fetch', libraries.answer);
});
afterEach(() => vi.unstubAllGlobals());

function setUp({ storage = memoryStorage(), room = null as number | null, device = GENEROUS as DeviceLimits | null } = {}) {
  const { pairs, clock } = fakePairs();
  const ports: OwnPorts = { storage, device: async () => device, room: async () => room, alone: (work) => work() };
  const engine = new PairEngine(pairs, clock, ports);
  const updates: Update[] = [];
  const note = (update: Update): void => void updates.push(update);
  const open = (files: readonly File[], signal = new AbortController().signal, report = note) =>
    engine.import({ type: 'import', files, base: BASE } satisfies ImportTask, report, signal);
  return { engine, pairs, storage, updates, open };
}

/** All that is stored below the folder of own models, and the lists. */
async function stored(storage: FileStorage): Promise<string[]> {
  const shelves = [...Object.values(SHELVES), 'foretoken/lists'];
  return (await Promise.all(shelves.map(async (name) => (await storage.open(name)).list()))).flat().sort();
}

async function modelsIn(storage: FileStorage): Promise<ModelSpec[]> {
  return (await readOwnLists(storage, FOLDER)).flatMap(({ models }) => Object.values(models));
}

const pair = shippedPair('draft');
const run = { type: 'run', pair, turns: [], prompt: 'A fox.', settings: { ...DEFAULT_RUN, maxTokens: 40 }, calibration: null } as const;

describe('a file of a person’s own', () => {
  it('becomes a model that is whole, offered, and asks the network for nothing of its own', async () => {
    const { storage, updates, open } = setUp({ room: 10 ** 9 });
    const file = smallFile('Tiny Stories.gguf');
    const longest = vi.fn();
    const slice = file.slice.bind(file);
    file.slice = (from = 0, to = file.size) => {
      longest(to - from);
      return slice(from, to);
    };
    await open([file]);
    expect(Math.max(...longest.mock.calls.map(([bytes]) => bytes))).toBeLessThanOrEqual(1 << 20);
    const [model] = await modelsIn(storage);
    expect(model).toMatchObject({ name: 'Tiny Stories', context: 128, vocabulary: { tokens: 288 }, missing: [] });
    expect(model?.id).toMatch(/^own:tiny-stories-[0-9a-f]{16}$/);
    expect(model?.folder).toBe(`${FOLDER}${model?.id.slice(4)}`);
    expect(model && (await findStored(model, storage)).whole).toBe(true);
    const progress = updates.flatMap((update) => (update.type === 'import' ? [update] : []));
    expect(progress[0]).toMatchObject({ file: 0, name: 'Tiny Stories', family: 'llama', room: 10 ** 9, readBytes: 0 });
    expect(progress.at(-1)?.readBytes).toBe(progress[0]?.totalBytes);
    expect(updates.at(-1)).toEqual({ type: 'imported', file: 0, id: model?.id, isNew: true });
    const written = await Promise.all(
      Object.values(SHELVES).map(async (name) => {
        const shelf = await storage.open(name);
        return Promise.all((await shelf.list()).map(async (place) => (await shelf.about(place))?.bytes ?? 0));
      }),
    );
    expect(progress[0]?.writeBytes).toBeGreaterThanOrEqual(written.flat().reduce((sum, each) => sum + each, 0));
    expect(asked.filter((url) => url.startsWith(FOLDER))).toEqual([]);
    asked.length = 0;
    if (model) await storeModel(model, storage, () => undefined, new AbortController().signal);
    expect(asked).toEqual([]);
  });

  it('that is open already is not made again', async () => {
    const { storage, updates, open } = setUp();
    await open([smallFile('a.gguf')]);
    const before = await stored(storage);
    asked.length = 0;
    updates.length = 0;
    await open([smallFile('a.gguf')]);
    expect(updates).toEqual([{ type: 'imported', file: 0, id: (await modelsIn(storage))[0]?.id, isNew: false }]);
    expect(await stored(storage)).toEqual(before);
    expect(asked).toEqual([]);
  });

  it('of which the browser dropped a part says so without the network, and is made whole by its file', async () => {
    const { storage, open } = setUp();
    await open([smallFile('a.gguf')]);
    const [model] = await modelsIn(storage);
    if (!model) throw new Error('there is no model');
    const shelf = await storage.open(SHELVES.weights);
    await shelf.delete(`${model.folder}/resolve/main/params_shard_0.bin`);
    asked.length = 0;
    const { code, message, hint } = await refusalOf(() => storeModel(model, storage, () => undefined, new AbortController().signal));
    expect([code, asked]).toEqual(['file-missing', []]);
    expect(message).toContain('your own model is gone');
    expect(hint).toContain('file again');
    await open([smallFile('a.gguf')]);
    expect((await findStored(model, storage)).whole).toBe(true);
  });

  it('drafts for a larger one of the same vocabulary, also for one that a list of the web names', async () => {
    const { storage, open } = setUp();
    await open([smallFile('small.gguf', { all: 'Q4_0' }), smallFile('large.gguf', { all: 'Q8_0' })]);
    const [small, large] = (await modelsIn(storage)).sort((a, b) => a.name.localeCompare(b.name)).reverse();
    const listed = { ...listOfTheWeb(small?.tokenizer ?? null), format: 2 };
    vi.stubGlobal('fetch', async () => Response.json(listed));
    const { targets, models } = await fetchCatalogue([`${BASE}models/manifest.json`], storage, FOLDER);
    const draftsOf = (id: string | undefined) => targets.find(({ model }) => model.id === id)?.drafts.map(({ model }) => model.id);
    expect(models.map(({ id }) => id).sort()).toEqual(['web', small?.id, large?.id].sort());
    expect(draftsOf(large?.id)).toEqual([small?.id]);
    expect(draftsOf(small?.id)).toEqual([]);
    expect(draftsOf('web')).toEqual([small?.id, large?.id]);
  });

  it('has a name that no list of the web may use', async () => {
    const list = listOfTheWeb(null);
    vi.stubGlobal('fetch', async () =>
      Response.json({ format: 2, pairs: [{ name: 'Web', target: 'own:web', drafts: [] }], models: { 'own:web': list.models.web } }),
    );
    const { code, message } = await refusalOf(() => fetchCatalogue([`${BASE}models/manifest.json`], memoryStorage(), FOLDER));
    expect([code, message.includes('"own:web"')]).toEqual(['manifest-invalid', true]);
  });

  it('is made between the runs, and a run waits for a part of it at most', async () => {
    const { engine, updates, open } = setUp();
    const order: string[] = [];
    const importing = open([smallFile('a.gguf')], undefined, (update) => void order.push(update.type));
    const running = engine.run(run, (update) => void order.push(`run ${update.type}`), new AbortController().signal);
    await Promise.all([importing, running]);
    const [first, last] = [order.indexOf('run start'), order.indexOf('run end')];
    expect(first).toBeGreaterThanOrEqual(0);
    expect(order.slice(first, last).filter((each) => !each.startsWith('run '))).toEqual([]);
    expect(order.at(-1)).toBe('imported');
    expect(updates).toEqual([]);
  });

  it('is deleted with all of its bytes, but a library that another needs; first it is unloaded', async () => {
    const { engine, pairs, storage, open } = setUp();
    await open([smallFile('a.gguf', { all: 'Q4_0' })]);
    const alone = await stored(storage);
    await open([smallFile('b.gguf', { all: 'Q8_0' })]);
    const [a, b] = (await modelsIn(storage)).sort((one, other) => one.name.localeCompare(other.name));
    if (!a || !b) throw new Error('there are not two models');
    const atRelease = vi.fn();
    pairs.release = async (model) => atRelease(model.id, (await stored(storage)).length);
    const all = (await stored(storage)).length;
    await engine.remove({ type: 'remove', model: b, others: [a], base: BASE }, new AbortController().signal);
    expect(atRelease.mock.calls).toEqual([[b.id, all]]);
    expect(await stored(storage)).toEqual(alone);
    await engine.remove({ type: 'remove', model: a, others: [], base: BASE }, new AbortController().signal);
    expect(await stored(storage)).toEqual([]);
  });

  it('that was half made by a tab that was closed is deleted, and nothing else', async () => {
    const { storage, open } = setUp();
    await open([smallFile('a.gguf')]);
    const whole = await stored(storage);
    const about = { bytes: 1, type: '', sha256: null };
    for (const shelf of Object.values(SHELVES)) {
      await (await storage.open(shelf)).put(`${FOLDER}half-0123/resolve/main/x`, new Blob(['x']).stream(), about);
    }
    await (await storage.open(SHELVES.weights)).put('https://page.test/lecture/models/x', new Blob(['x']).stream(), about);
    await deleteLeftovers(storage, FOLDER);
    expect(await stored(storage)).toEqual([...whole, 'https://page.test/lecture/models/x'].sort());
  });
});

describe('a file that cannot become a model', () => {
  const spoiled = (change: (model: ReturnType<typeof smallModel>) => void) => {
    const model = smallModel('llama', { all: 'Q4_0' });
    change(model);
    return new File([writeGguf(model)], 'spoiled.gguf');
  };
  const infinite = ({ name, bytes, ...rest }: Tensor): Tensor => {
    const spoilt = bytes.slice();
    if (name === 'blk.1.ffn_down.weight') spoilt.set([0x00, 0x7c], 0);
    return { ...rest, name, bytes: spoilt };
  };

  it.each([
    { what: 'cut short', file: () => new File([smallFile('a').slice(0, 300_000)], 'a.gguf'), says: 'cut short', code: 'gguf-invalid' },
    {
      what: 'something else',
      file: () => new File(['{"pictures": []}'], 'a.gguf'),
      says: 'not those of a GGUF file',
      code: 'gguf-invalid',
    },
    { what: 'empty', file: () => new File([], 'a.gguf'), says: 'ends at byte 0', code: 'gguf-invalid' },
    {
      what: 'of another tokenizer',
      file: () => spoiled(({ metadata }) => metadata.set('tokenizer.ggml.model', ['string', 'llama'])),
      says: 'SentencePiece',
      code: 'gguf-unsupported',
    },
    {
      what: 'of another shape',
      file: () => spoiled(({ metadata }) => metadata.set('llama.rope.freq_base', ['f32', 70000])),
      says: 'there is no library for a llama model of 2 layers',
      code: 'gguf-unsupported',
    },
    {
      what: 'with weights that are not finite',
      file: () => spoiled((model) => (model.tensors = model.tensors.map(infinite))),
      says: 'not a finite number',
      code: 'gguf-invalid',
    },
  ])('as it is $what, is refused in words, and nothing of it stays', async ({ file, says, code }) => {
    const { storage, open } = setUp();
    await open([smallFile('before.gguf', { all: 'Q8_0' })]);
    const before = await stored(storage);
    const refused = await refusalOf(() => open([file()]));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(says);
    expect(refused.hint).not.toBe('');
    expect(await stored(storage)).toEqual(before);
  });

  it.each([
    {
      what: 'wide for the adapter',
      limits: { device: { ...GENEROUS, bindingBytes: 10_000 } },
      code: 'model-too-large',
      says: /one of its matrices takes 0.\d+ MB, and the adapter reads 0.01 MB at a time/,
    },
    {
      what: 'large for the device',
      limits: { device: { ...GENEROUS, memoryBytes: 500_000 } },
      code: 'model-too-large',
      says: /"big" would take 1.\d+ MB of memory for weights and caches, and this device has 0.5 MB/,
    },
    {
      what: 'large for the storage',
      limits: { room: 20_000 },
      code: 'storage',
      says: /no room to keep "big": 0.\d+ MB would be written, and the browser lets this page store 0.02 MB more/,
    },
    { what: 'much without an adapter', limits: { device: null }, code: 'no-adapter', says: /need WebGPU/ },
  ])('as it is too $what, is refused before anything is written', async ({ limits, code, says }) => {
    const { storage, open } = setUp(limits);
    const refused = await refusalOf(() => open([smallFile('big.gguf')]));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(says);
    expect(refused.hint).toMatch(/^(Choose|Delete|Use) /);
    expect(await stored(storage)).toEqual([]);
  });

  it('as it has another vocabulary than the one that it was opened with, is refused with that one', async () => {
    const { storage, open } = setUp();
    const other = spoiled(({ metadata }) => {
      const [, tokens] = metadata.get('tokenizer.ggml.tokens') as readonly ['strings', string[]];
      metadata.set('tokenizer.ggml.tokens', ['strings', tokens.map((token) => (token === '<|im_start|>' ? '<|begin|>' : token))]);
      metadata.set('tokenizer.chat_template', ['string', CHAT]);
    });
    const refused = await refusalOf(() => open([smallFile('target.gguf', { all: 'Q8_0' }), other]));
    expect(refused.code).toBe('vocabulary-mismatch');
    expect(refused.message).toContain('"spoiled" and "target" do not share a vocabulary');
    expect(await stored(storage)).toEqual([]);
  });

  it('as it changes while it is read, is refused, and nothing of it stays', async () => {
    const { storage, open } = setUp();
    const file = smallFile('a.gguf');
    const slice = file.slice.bind(file);
    let reads = 0;
    file.slice = (from = 0, to = file.size) => {
      reads++;
      return reads < 12 ? slice(from, to) : new Blob([new Uint8Array(to - from)]);
    };
    const refused = await refusalOf(() => open([file]));
    expect(refused.code).toBe('gguf-invalid');
    expect(refused.message).toContain('"a" was changed while it was read');
    expect(await stored(storage)).toEqual([]);
  });

  it('as the disk is full in the middle, leaves nothing, and what was kept works', async () => {
    const memory = memoryStorage();
    let puts = 0;
    let most = Number.POSITIVE_INFINITY;
    const storage: FileStorage = {
      async open(name) {
        const shelf = await memory.open(name);
        const put: typeof shelf.put = async (...file) => {
          if (++puts > most) throw new DOMException('full', 'QuotaExceededError');
          return shelf.put(...file);
        };
        return { ...shelf, put };
      },
    };
    const { open } = setUp({ storage });
    await open([smallFile('before.gguf', { all: 'Q8_0' })]);
    const before = await stored(storage);
    // The configuration, the tokenizer, the weights, their list, and the list of the model; the libraries are there.
    const whole = puts - 2;
    expect(whole).toBe(5);
    for (let at = 0; at < whole; at++) {
      [puts, most] = [0, at];
      const refused = await refusalOf(() => open([smallFile('a.gguf')]));
      expect(refused).toMatchObject({ code: 'storage', message: expect.stringContaining('Nothing of it was kept') });
      most = Number.POSITIVE_INFINITY;
      expect(await stored(storage)).toEqual(before);
    }
  });

  it.each([0, 1, 5])('as it is cancelled after %i steps, leaves nothing', async (steps) => {
    const { storage, open } = setUp();
    const controller = new AbortController();
    let seen = 0;
    const opening = open([smallFile('a.gguf')], controller.signal, () => {
      if (++seen > steps) controller.abort();
    });
    const refused = await refusalOf(() => opening);
    expect(refused).toMatchObject({ code: 'aborted', message: 'Opening the file was stopped.' });
    expect(await stored(storage)).toEqual([]);
  });

  it('of two that are opened at once, takes nothing from the other; the same file twice is one model', async () => {
    const { storage, open } = setUp();
    const controller = new AbortController();
    const stopped = refusalOf(() => open([smallFile('a.gguf')], controller.signal, () => controller.abort()));
    await Promise.all([stopped, open([smallFile('b.gguf', { all: 'Q8_0' })]), open([smallFile('b.gguf', { all: 'Q8_0' })])]);
    expect(await stopped).toMatchObject({ code: 'aborted' });
    const [model, ...others] = await modelsIn(storage);
    expect([model?.name, others]).toEqual(['b', []]);
    expect(model && (await findStored(model, storage)).whole).toBe(true);
  });
});

const CHAT = `{% for m in messages %}{{ '<|begin|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|begin|>assistant\n' }}{% endif %}`;

/** A list of one large target that has the tokenizer `tokenizer`. */
function listOfTheWeb(tokenizer: string | null) {
  const file = (path: string) => ({ path, bytes: 10 ** 9, sha256: '0'.repeat(64) });
  const web = {
    ...{ name: 'Web', parameters: 10 ** 9, vocabulary: 288, context: 128, path: 'web', tokenizer },
    ...{ libraries: [{ needs: [], ...file('web.wasm') }], files: [file('web/x')] },
  };
  return { pairs: [{ name: 'Web', target: 'web', drafts: [] }], models: { web } };
}
