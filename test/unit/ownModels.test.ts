import { describe, expect, it, vi } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { deleteLeftovers } from '../../src/catalog/own';
import type { PairSpec } from '../../src/catalog/spec';
import { findStored, SHELVES, storeModel } from '../../src/catalog/storedModels';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import { memoryStorage } from '../../src/storage/memory';
import { isRunEvent } from '../../src/worker/client';
import { refusalOf } from '../support/gguf/refusal';
import { BASE, FOLDER, importer, modelsIn, serveLibraries, stored } from '../support/importer';
import { smallFile } from '../support/ownModels';
import { shippedPair } from '../support/shipped';

const served = serveLibraries();
const pair = shippedPair('draft');
const run = { type: 'run', pair, turns: [], prompt: 'A fox.', settings: { ...DEFAULT_RUN, maxTokens: 40 }, calibration: null } as const;

describe('a file of a person’s own', () => {
  it('becomes a model that is whole, offered, and asks the network for nothing of its own', async () => {
    const { storage, updates, open } = importer({ room: 10 ** 9 });
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
    expect(served.asked.filter((url) => url.startsWith(FOLDER))).toEqual([]);
    served.asked.length = 0;
    if (model) await storeModel(model, storage, () => undefined, new AbortController().signal);
    expect(served.asked).toEqual([]);
  });

  it('that is open already is not made again', async () => {
    const { storage, updates, open } = importer();
    await open([smallFile('a.gguf')]);
    const before = await stored(storage);
    served.asked.length = 0;
    updates.length = 0;
    // Whatever it is called by now.
    await open([smallFile('renamed.gguf')]);
    expect(updates).toEqual([{ type: 'imported', file: 0, id: (await modelsIn(storage))[0]?.id, isNew: false }]);
    expect(await stored(storage)).toEqual(before);
    expect(served.asked).toEqual([]);
  });

  it('of which the browser dropped a part says so without the network, and is made whole by its file', async () => {
    const { storage, open } = importer();
    await open([smallFile('a.gguf')]);
    const [model] = await modelsIn(storage);
    if (!model) throw new Error('there is no model');
    const shelf = await storage.open(SHELVES.weights);
    await shelf.delete(`${model.folder}/resolve/main/params_shard_0.bin`);
    served.asked.length = 0;
    const { code, message, hint } = await refusalOf(() => storeModel(model, storage, () => undefined, new AbortController().signal));
    expect([code, served.asked]).toEqual(['file-missing', []]);
    expect(message).toContain('your own model is gone');
    expect(hint).toContain('file again');
    await open([smallFile('a.gguf')]);
    expect((await findStored(model, storage)).whole).toBe(true);
  });

  it('drafts for a larger one of the same vocabulary, also for one that a list of the web names', async () => {
    const { storage, open } = importer();
    await open([smallFile('small.gguf', { all: 'Q4_0' }), smallFile('large.gguf', { all: 'Q8_0' })]);
    const [small, large] = (await modelsIn(storage)).sort((a, b) => a.name.localeCompare(b.name)).reverse();
    const listed = { ...listOfTheWeb(small?.tokenizer ?? null), format: 2 };
    vi.stubGlobal('fetch', async () => Response.json(listed));
    const { targets, models } = await fetchCatalogue([`${BASE}models/manifest.json`], storage, BASE);
    const draftsOf = (id: string | undefined) => targets.find(({ model }) => model.id === id)?.drafts.map(({ model }) => model.id);
    expect(models.map(({ id }) => id).sort()).toEqual(['web', small?.id, large?.id].sort());
    expect(draftsOf(large?.id)).toEqual([small?.id]);
    expect(draftsOf(small?.id)).toEqual([]);
    expect(draftsOf('web')).toEqual([small?.id, large?.id]);
  });

  it('runs where there is no WebGPU, and writes speculatively what it writes plainly', async () => {
    const { storage, open } = importer({ device: null });
    await open([smallFile('small.gguf', { all: 'Q4_0' }), smallFile('large.gguf', { all: 'Q6_K' })]);
    const [large, small] = (await modelsIn(storage)).sort((a, b) => a.name.localeCompare(b.name));
    if (!large || !small) throw new Error('there are not two models');
    const cpu = new PairEngine(new CpuPairs(storage), () => performance.now());
    const write = async (draft: PairSpec['draft'], settings: Partial<RunSettings>) => {
      const events: RunEvent[] = [];
      const task = { ...run, pair: { target: large, draft }, raw: true, settings: { ...run.settings, ...settings } };
      await cpu.run(task, (update) => isRunEvent(update) && events.push(update), new AbortController().signal);
      return committedTokens(events).map(({ id }) => id);
    };
    const plain = await write(null, { mode: 'plain', ignoreStopTokens: true });
    expect(plain).toHaveLength(40);
    for (const draft of [small, 'itself'] as const) expect(await write(draft, { gamma: 4, ignoreStopTokens: true })).toEqual(plain);
    expect(await write(null, { drafting: 'ngram', ignoreStopTokens: true })).toEqual(plain);
  });

  it('has a name that no list of the web may use', async () => {
    const list = listOfTheWeb(null);
    vi.stubGlobal('fetch', async () =>
      Response.json({ format: 2, pairs: [{ name: 'Web', target: 'own:web', drafts: [] }], models: { 'own:web': list.models.web } }),
    );
    const { code, message } = await refusalOf(() => fetchCatalogue([`${BASE}models/manifest.json`], memoryStorage(), BASE));
    expect([code, message.includes('"own:web"')]).toEqual(['manifest-invalid', true]);
  });

  it('is made between the runs, and a run waits for a part of it at most', async () => {
    const { engine, updates, open } = importer();
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
    const { engine, pairs, storage, open } = importer();
    await open([smallFile('a.gguf', { all: 'Q4_0' })]);
    const alone = await stored(storage);
    await open([smallFile('b.gguf', { all: 'Q8_0' })]);
    const [a, b] = (await modelsIn(storage)).sort((one, other) => one.name.localeCompare(other.name));
    if (!a || !b) throw new Error('there are not two models');
    const atRelease = vi.fn();
    pairs.release = async (model) => atRelease(model.id, (await stored(storage)).length);
    const all = (await stored(storage)).length;
    await engine.remove({ type: 'remove', model: b, base: BASE }, new AbortController().signal);
    expect(atRelease.mock.calls).toEqual([[b.id, all]]);
    expect(await stored(storage)).toEqual(alone);
    await engine.remove({ type: 'remove', model: a, base: BASE }, new AbortController().signal);
    expect(await stored(storage)).toEqual([]);
  });

  it('that is deleted while another is made leaves it the library of both', async () => {
    const { engine, storage, open } = importer();
    await open([smallFile('a.gguf', { all: 'Q4_0' })]);
    const [a] = await modelsIn(storage);
    if (!a) throw new Error('there is no model');
    const removals: Promise<void>[] = [];
    await open([smallFile('b.gguf', { all: 'Q8_0' })], undefined, () => {
      if (removals.length > 0) return;
      removals.push(engine.remove({ type: 'remove', model: a, base: BASE }, new AbortController().signal));
    });
    expect(removals).toHaveLength(1);
    await Promise.all(removals);
    const [b, ...others] = await modelsIn(storage);
    expect([b?.name, others]).toEqual(['b', []]);
    expect(b && (await findStored(b, storage)).whole).toBe(true);
  });

  it('that was half made by a tab that was closed is deleted, and nothing else', async () => {
    const { storage, open } = importer();
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

/** A list of one large target that has the tokenizer `tokenizer`. */
function listOfTheWeb(tokenizer: string | null) {
  const file = (path: string) => ({ path, bytes: 10 ** 9, sha256: '0'.repeat(64) });
  const web = {
    ...{ name: 'Web', parameters: 10 ** 9, vocabulary: 288, context: 128, path: 'web', tokenizer },
    ...{ libraries: [{ needs: [], ...file('web.wasm') }], files: [file('web/x')] },
  };
  return { pairs: [{ name: 'Web', target: 'web', drafts: [] }], models: { web } };
}
