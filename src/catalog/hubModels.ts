/**
 * Models that a person has fetched from a hub, or from any other address. They are kept beside the page, wherever they come from, each with a document that
 * says what it is; it is kept when all of the model's files are.
 */
import * as v from 'valibot';
import { featuresHere } from '../gpu/adapter';
import { dropList, keepList, keptList, keptUrls } from '../storage/keptList';
import type { FileStorage } from '../storage/port';
import { HUB, isOfHub, type ModelSpec } from './spec';
import { SHELVES } from './storedModels';

const text = v.string();
const file = v.looseObject({ url: text, place: text, name: text, bytes: v.nullable(v.number()), sha256: v.nullable(text) });
const library = v.looseObject({ ...file.entries, needs: v.array(text) });
/** What a version of the page that reads it relies on; the rest is as the version that wrote it had it. */
const Document = v.object({
  format: v.literal(1),
  model: v.looseObject({
    ...{
      id: v.pipe(text, v.check(isOfHub)),
      revision: text,
      name: text,
      parameters: v.number(),
      backend: v.literal('web-llm'),
      folder: text,
    },
    ...{ files: v.pipe(v.array(file), v.minLength(1)), libraries: v.array(library), library },
    vocabulary: v.object({ tokens: v.number(), logits: v.number() }),
    ...{ context: v.number(), tokenizer: v.nullable(text), template: v.nullable(v.looseObject({})), rollsBack: v.boolean() },
    stopTokens: v.nullable(v.array(v.number())),
  }),
});

/** The folder beside the page at `base` in which such models are kept. The network is never asked for anything in it. */
export function hubFolder(base: string): string {
  return new URL('models-hub/', base).href;
}

/** The folder for the files of the model `id`. @param base of the page */
export function folderOfHubModel(id: string, base: string): string {
  return `${hubFolder(base)}${encodeURIComponent(id.slice(HUB.length))}`;
}

/** URL of the page that keeps models of a hub in `folder`; null where that is no such folder. */
export function pageOf(folder: string): string | null {
  const [, base = null] = /^(.+\/)models-hub\//.exec(folder) ?? [];
  return base;
}

/** The id for a record of this name. */
export function idOfHubModel(name: string): string {
  return `${HUB}${name}`;
}

const documentUrl = (id: string, base: string) => `${folderOfHubModel(id, base)}.json`;

/** All such models, as they run in this browser; what another version of the page kept and this one cannot read is left out. @throws FailureError storage */
export async function readHubModels(storage: FileStorage, base: string): Promise<ModelSpec[]> {
  const [urls, features] = await Promise.all([keptUrls(storage, hubFolder(base)), featuresHere()]);
  const models = await Promise.all(urls.sort().map(async (url) => readModel(await keptList(storage, url))));
  return models.flatMap((model) => (model ? [{ ...model, missing: model.library.needs.filter((need) => !features.has(need)) }] : []));
}

function readModel(document: string | null): ModelSpec | null {
  try {
    const read = v.safeParse(Document, JSON.parse(document ?? ''));
    return read.success ? (read.output.model as unknown as ModelSpec) : null;
  } catch {
    return null;
  }
}

/** From now on `model`, whose files are all stored, is offered as it is here. @throws where there is no room or no storage */
export function keepHubModel(storage: FileStorage, base: string, model: ModelSpec): Promise<void> {
  return keepList(storage, documentUrl(model.id, base), JSON.stringify({ format: 1, model }));
}

/** Deletes the model `id`, and all that is there of its files, complete or not, with libraries that no other one needs. @throws FailureError storage */
export async function deleteHubModel(storage: FileStorage, base: string, id: string): Promise<void> {
  // A model of which a part is gone is never offered.
  await dropList(storage, documentUrl(id, base));
  const folder = `${folderOfHubModel(id, base)}/`;
  for (const name of Object.values(SHELVES)) {
    const shelf = await storage.open(name);
    for (const place of await shelf.list()) if (place.startsWith(folder)) await shelf.delete(place);
  }
  await deleteUnusedLibraries(storage, base);
}

/** Of a download that is under way too: it fetches its library again. */
async function deleteUnusedLibraries(storage: FileStorage, base: string): Promise<void> {
  const urls = await keptUrls(storage, hubFolder(base));
  const models = await Promise.all(urls.map(async (url) => readModel(await keptList(storage, url))));
  // What cannot be read here may need any.
  if (models.includes(null)) return;
  const needed = new Set(models.flatMap((model) => model?.libraries.map(({ place }) => place) ?? []));
  const shelf = await storage.open(SHELVES.library);
  for (const place of await shelf.list())
    if (place.startsWith(`${hubFolder(base)}libraries/`) && !needed.has(place)) await shelf.delete(place);
}
