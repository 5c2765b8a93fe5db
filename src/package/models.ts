/** Which models a program's names mean: by id from lists or from web-llm's records, or by the URL of a list. */
import type { ChatOptions } from '../catalog/chatConfig';
import { fetchCatalogue } from '../catalog/lists';
import { ownFolder, readOwnLists } from '../catalog/own';
import { type ModelRecord, readRecord } from '../catalog/records';
import { type Catalogue, catalogueOf } from '../catalog/resolve';
import { isOwn, type ModelSpec } from '../catalog/spec';
import { type FailureCode, FailureError } from '../core/failure';
import { importEngine } from '../model/webllm/loader';
import type { FileStorage } from '../storage/port';

/** The name of the pair that comes with the package. */
export const EMBEDDED = 'embedded';

/** Where the page of this site has its lists. */
const LISTS = ['models/manifest.json', 'models-smollm2/manifest.json'] as const;

/** Web-llm's own models are called so. */
const LIKE_PREBUILT = /-MLC(-|$)/;

/** Why a list that is not there, or cannot be had, is no reason not to look in the next. */
const NOT_HAD: readonly FailureCode[] = ['file-missing', 'network', 'server-refused'];

export interface ModelPlaces {
  /** URLs of lists of models, relative to `base`; by default those of a page that serves the package's models beside itself. */
  readonly lists?: readonly string[] | undefined;
  /** Records of web-llm's; by default those that come with it. */
  readonly records?: readonly ModelRecord[] | undefined;
  /** URL of the page. */
  readonly base: string;
  readonly storage: FileStorage;
  /** Ends what is fetched. */
  readonly signal: AbortSignal;
  /** What else may be named, as an unknown name is told. */
  readonly besides?: readonly string[];
}

/** A model that a name means. */
export interface NamedModel {
  readonly model: ModelSpec;
  /** What its record says in place of its mlc-chat-config.json. */
  readonly overrides: ChatOptions;
  /** What its list names as drafts for it, the first one first. */
  readonly drafts: readonly ModelSpec[];
}

/**
 * The model that `name` means: `embedded`, an id of a list or of a record, or `URL#id`, where the list's first target needs no id.
 *
 * @throws FailureError invalid-setting for an unknown name; file-missing where no list is there; or of what was read; or the signal's reason
 */
export async function findModel(name: string, places: ModelPlaces): Promise<NamedModel> {
  const { records, base, storage, signal } = places;
  const record = records?.find(({ model_id: id }) => id === name);
  if (record) return { model: await readRecord(record, storage, { base, signal }), overrides: record.overrides ?? {}, drafts: [] };
  if (records === undefined && LIKE_PREBUILT.test(name)) return findPrebuilt(name, places);
  if (isOwn(name)) return found(name, [catalogueOf(await readOwnLists(storage, ownFolder(base)))], places);
  if (/^(https?:|\.{0,2}\/)/.test(name)) {
    const url = new URL(name, base);
    const id = decodeURIComponent(url.hash.slice(1));
    url.hash = '';
    return found(id, [await fetchCatalogue([url.href], storage, null, null, signal)], places);
  }
  return findListed(name, places);
}

async function findPrebuilt(name: string, places: ModelPlaces): Promise<NamedModel> {
  const { prebuiltAppConfig } = await importEngine();
  const records = prebuiltAppConfig.model_list as readonly ModelRecord[];
  if (records.some(({ model_id: id }) => id === name)) return findModel(name, { ...places, records });
  return findListed(name, places);
}

/** In the first of the lists that has it. */
async function findListed(name: string, places: ModelPlaces): Promise<NamedModel> {
  const { lists = LISTS, base, storage, signal } = places;
  const read: Catalogue[] = [];
  let reason: FailureError | null = null;
  for (const url of lists) {
    try {
      read.push(await fetchCatalogue([new URL(url, base).href], storage, null, null, signal));
    } catch (thrown) {
      if (!(thrown instanceof FailureError) || !NOT_HAD.includes(thrown.failure.code)) throw thrown;
      reason ??= thrown;
      continue;
    }
    if (name === EMBEDDED || read.at(-1)?.models.some(({ id }) => id === name)) break;
  }
  if (read.length > 0 || reason === null) return found(name === EMBEDDED ? '' : name, read, places);
  const { code, message } = reason.failure;
  throw new FailureError(
    code,
    message,
    'Serve the folder dist/models of the package beside your page, or name your lists in "modelLists".',
    reason,
  );
}

/** The model `id` of `catalogues`; their first target for ''. @throws FailureError invalid-setting */
function found(id: string, catalogues: readonly Catalogue[], { besides = [] }: ModelPlaces): NamedModel {
  const targets = catalogues.flatMap((each) => each.targets);
  const models = catalogues.flatMap((each) => each.models);
  const target = id === '' ? targets[0] : targets.find(({ model }) => model.id === id);
  const model = target?.model ?? models.find((each) => each.id === id);
  if (model) return { model, overrides: {}, drafts: target?.drafts.map((draft) => draft.model) ?? [] };
  const known = [...besides, ...models.map((each) => each.id)].join(', ');
  throw new FailureError(
    'invalid-setting',
    `There is no model "${id}".`,
    known === ''
      ? 'There are no models here.'
      : `Choose one of: ${known}. Or give the URL of a list of models, or a record in "appConfig".`,
  );
}
