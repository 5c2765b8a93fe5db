import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchShapes, librariesFolder } from '../../src/catalog/shapeLibraries';
import { findStored, SHELVES, storeModel } from '../../src/catalog/storedModels';
import { memoryStorage } from '../../src/storage/memory';
import { makeDelta } from '../support/delta';
import { refusalOf } from '../support/gguf/refusal';
import { BASE, FOLDER, importer, modelsIn } from '../support/importer';
import { type LibraryServer, ownLibraries, smallFile } from '../support/ownModels';

let server: LibraryServer;
beforeEach(() => {
  server = ownLibraries(BASE, makeDelta);
  vi.stubGlobal('fetch', server.answer);
  return () => vi.unstubAllGlobals();
});

/** The names of the files that were asked for since the last time. */
function askedFor(): string[] {
  return server.asked.splice(0).map((url) => url.slice(librariesFolder(BASE).length));
}

/** The files on the shelf of libraries, by their names without their hashes. */
async function libraries(storage = memoryStorage()): Promise<Record<string, string>> {
  const shelf = await storage.open(SHELVES.library);
  const entries = (await shelf.list()).map(async (place) => {
    const name = place.replace(/^.*\/[0-9a-f]{16}-/, '');
    return [name, (await (await shelf.get(place))?.text()) ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const MADE = {
  'small-subgroups.wasm': 'a compiled library that needs 1 features',
  'small.wasm': 'a compiled library that needs 0 features',
};
const ALL = ['index.json', 'small-subgroups.wasm.delta', 'base.wasm', 'small.wasm.delta'];

describe('a library of which the page has what differs from another', () => {
  it('is made of both, which are fetched once and do not stay', async () => {
    const { storage, updates, open } = importer();
    await open([smallFile('a.gguf')]);
    expect(await libraries(storage)).toEqual(MADE);
    expect(askedFor()).toEqual(ALL);
    const [model] = await modelsIn(storage);
    expect(model && (await findStored(model, storage)).whole).toBe(true);
    expect(updates.at(-1)).toEqual({ type: 'imported', file: 0, id: model?.id, isNew: true });
  });

  it.each(['base.wasm', 'small.wasm.delta'])('says that %s is damaged, and the next try fetches only what is not there', async (name) => {
    const { storage, open } = importer();
    const right = server.files.get(name);
    if (!right) throw new Error(`there is no ${name}`);
    server.files.set(
      name,
      right.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    );
    const refused = await refusalOf(() => open([smallFile('a.gguf')]));
    expect(refused.code).toBe('file-damaged');
    expect(refused.message).toContain(`${name}; its SHA-256 is not the one`);
    expect(await modelsIn(storage)).toEqual([]);
    const before = askedFor();
    server.files.set(name, right);
    await open([smallFile('a.gguf')]);
    expect(askedFor()).toEqual(['index.json', ...ALL.slice(ALL.indexOf(name))]);
    expect(before).toEqual(ALL.slice(0, ALL.indexOf(name) + 1));
    expect(await libraries(storage)).toEqual(MADE);
  });

  it('says that what is kept of both does not make it, and the next try fetches them', async () => {
    const { storage, open } = importer();
    const delta = server.files.get('small.wasm.delta');
    server.files.delete('small.wasm.delta');
    expect(await refusalOf(() => open([smallFile('a.gguf')]))).toMatchObject({ code: 'file-missing' });
    if (delta) server.files.set('small.wasm.delta', delta);
    const shelf = await storage.open(SHELVES.library);
    const place = (await shelf.list()).find((each) => each.endsWith('-base.wasm')) ?? '';
    const about = await shelf.about(place);
    if (about) await shelf.put(place, new Blob(['x'.repeat(about.bytes)]).stream(), about);
    const refused = await refusalOf(() => open([smallFile('a.gguf')]));
    expect(refused).toMatchObject({ code: 'file-damaged', message: expect.stringContaining('not what') });
    askedFor();
    await open([smallFile('a.gguf')]);
    expect(askedFor()).toEqual(['index.json', 'small.wasm.delta', 'base.wasm']);
    expect(await libraries(storage)).toEqual(MADE);
  });

  it('is made again where the browser has dropped it', async () => {
    const { storage, open } = importer();
    await open([smallFile('a.gguf')]);
    const [model] = await modelsIn(storage);
    if (!model) throw new Error('there is no model');
    await (await storage.open(SHELVES.library)).delete(model.library.place);
    expect((await findStored(model, storage)).whole).toBe(false);
    askedFor();
    await storeModel(model, storage, () => undefined, new AbortController().signal);
    expect(askedFor()).toEqual(['small.wasm.delta', 'base.wasm']);
    expect(await libraries(storage)).toMatchObject(MADE);
    expect(server.asked.filter((url) => url.startsWith(FOLDER))).toEqual([]);
  });

  it('that names another which is not there whole makes the list one that cannot be used', async () => {
    const index = new TextDecoder().decode(server.files.get('index.json')).replaceAll('"base":"base.wasm"', '"base":"small.wasm"');
    server.files.set('index.json', new TextEncoder().encode(index));
    const { code, message } = await refusalOf(() => fetchShapes(librariesFolder(BASE), new AbortController().signal));
    expect(code).toBe('manifest-invalid');
    expect(message).toContain('small-subgroups.wasm is made of small.wasm, which it does not list whole');
  });
});
