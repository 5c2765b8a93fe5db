import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { folderOfHubModel, idOfHubModel, keepHubModel, readHubModels } from '../../src/catalog/hubModels';
import { parseList } from '../../src/catalog/list';
import { readAdded } from '../../src/catalog/lists';
import { catalogueOf, resolveList } from '../../src/catalog/resolve';
import type { ModelSpec } from '../../src/catalog/spec';
import { findStored } from '../../src/catalog/storedModels';
import type { PairEngine } from '../../src/engine/engine';
import type { Fetching } from '../../src/engine/tasks';
import { keepList } from '../../src/storage/keptList';
import type { FileStorage } from '../../src/storage/port';
import { MANIFEST } from '../app/support/manifest';
import { Hub } from '../support/hub';
import { BASE, importer, stored } from '../support/importer';
import { putModel } from '../support/mlc/onHub';

const [TARGET, DRAFT] = ['Large-q4f32_1-MLC', 'Small-q4f32_1-MLC'];
const SHARD = `mlc-ai/${DRAFT}/resolve/main/params_shard_2.bin`;

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
  putModel(hub, TARGET, undefined, false);
  putModel(hub, DRAFT);
});
afterAll(() => hub.close());

let engine: PairEngine;
let storage: FileStorage;
beforeEach(() => {
  hub.repair();
  ({ engine, storage } = importer());
});

const never = () => new AbortController().signal;

/** What the engine finds out about a model of the hub, as the page keeps it. */
async function inspect(name: string): Promise<ModelSpec> {
  const id = idOfHubModel(name);
  const found: ModelSpec[] = [];
  const { record } = putModel(hub, name, undefined, name !== TARGET);
  await engine.inspect({ type: 'inspect', record, folder: folderOfHubModel(id, BASE) }, ({ model }) => found.push(model), never());
  const [model] = found;
  if (!model) throw new Error('nothing was found out');
  return { ...model, id };
}

async function fetchAll(models: readonly ModelSpec[], signal = never()): Promise<Fetching['transfer'][]> {
  const updates: Fetching['transfer'][] = [];
  await engine.fetch({ type: 'fetch', models }, ({ transfer }) => updates.push(transfer), signal);
  return updates;
}

describe('a model of a hub', () => {
  it('is listed by the installed web-llm', async () => {
    let count = 0;
    await engine.listPublished({ type: 'published' }, ({ records }) => {
      count = records.length;
    });
    expect(count).toBeGreaterThan(100);
  });

  it('is known by its small files, is fetched whole into a folder beside the page, and is offered with what may draft for it', async () => {
    const models = [await inspect(TARGET), await inspect(DRAFT)];
    expect(hub.requests.filter((name) => name.endsWith('.bin'))).toEqual([]);
    expect(await readHubModels(storage, BASE)).toEqual([]);
    expect((await fetchAll(models)).at(-1)).toMatchObject({ state: 'done', failures: [] });
    for (const model of models) await keepHubModel(storage, BASE, model);
    hub.break(SHARD, 'missing');
    hub.requests.length = 0;
    const { lists, hub: kept } = await readAdded(storage, BASE, null);
    expect([lists, kept]).toEqual([[], models]);
    expect((await stored(storage)).filter((url) => !url.startsWith(`${BASE}models-hub/`))).toEqual([]);
    const { targets } = catalogueOf([resolveList(parseList(MANIFEST), `${BASE}models/manifest.json`, new Set())], kept);
    const drafts = targets.map(({ model, drafts: some }) => [model.id, some.map((draft) => draft.model.id)]);
    expect(drafts.slice(1)).toEqual([
      [`hub:${TARGET}`, [`hub:${DRAFT}`]],
      [`hub:${DRAFT}`, []],
    ]);
    expect(hub.requests).toEqual([]);
  });

  it('comes from a mirror into the same place', async () => {
    const first = await inspect(DRAFT);
    await fetchAll([first]);
    const mirror = await Hub.start();
    const { record } = putModel(mirror, DRAFT);
    let again: ModelSpec | null = null;
    const folder = folderOfHubModel(first.id, BASE);
    await engine.inspect(
      { type: 'inspect', record, folder },
      ({ model }) => {
        again = { ...model, id: first.id };
      },
      never(),
    );
    expect((await fetchAll([again ?? first])).at(-1)?.fetchedBytes).toBe(0);
    expect(mirror.requests).toEqual([]);
    await mirror.close();
  });

  it('rests where its download is stopped, and the next goes on with what is missing alone', async () => {
    const model = await inspect(DRAFT);
    hub.break(SHARD, 'held', 1);
    const stop = new AbortController();
    const running = fetchAll([model], stop.signal);
    while (!hub.requests.includes(SHARD)) await new Promise((resolve) => setTimeout(resolve, 2));
    stop.abort();
    expect((await running).at(-1)?.state).toBe('paused');
    const { whole, bytes } = await findStored(model, storage);
    expect([whole, bytes > 0]).toEqual([false, true]);
    hub.repair();
    expect((await fetchAll([model])).at(-1)?.state).toBe('done');
    expect(hub.requests[0]).toBe(SHARD);
    expect((await findStored(model, storage)).whole).toBe(true);
  });

  it('is unloaded and deleted with all of its bytes, and no other model loses any', async () => {
    const models = [await inspect(TARGET), await inspect(DRAFT)] as const;
    await fetchAll(models);
    for (const model of models) await keepHubModel(storage, BASE, model);
    await engine.remove({ type: 'remove', model: models[0], base: BASE }, never());
    expect((await readHubModels(storage, BASE)).map(({ id }) => id)).toEqual([models[1].id]);
    expect((await stored(storage)).filter((url) => url.includes(TARGET))).toEqual([]);
    expect((await findStored(models[1], storage)).whole).toBe(true);
  });

  const OTHER: readonly (readonly [string, string])[] = [
    ['another version’s', JSON.stringify({ format: 2, model: {} })],
    ['cut', '{"format": 1, "model": {"id": "hub:a"'],
    ['no model', JSON.stringify({ format: 1, model: { id: 'hub:a' } })],
  ];
  it.each(OTHER)('is left out where its document is %s', async (_, text) => {
    await keepList(storage, `${BASE}models-hub/a.json`, text);
    expect(await readHubModels(storage, BASE)).toEqual([]);
  });
});
