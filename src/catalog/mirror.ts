/** A host or folder of one's own in place of the hubs: it has their files under the paths that they have there, and a list of its models. */
import { FailureError } from '../core/failure';
import type { FileStorage } from '../storage/port';
import { hashOf } from '../storage/sha256';
import { Transfer, type TransferUpdate } from '../storage/transfer';
import { type ModelList, parseList } from './list';
import { sharesVocabulary } from './pairing';
import { type PrebuiltRecord, prebuiltModels } from './prebuilt';
import { readRecord } from './records';
import { bytesOf, type ModelSpec } from './spec';
import { shelvedFiles } from './storedModels';

/** The address of a mirror, which ends with a slash; null for what is no address of the web. */
export function mirrorBase(text: string): string | null {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return null;
  return new URL(text.endsWith('/') ? text : `${text}/`).href;
}

/** `record` with its model and library under the same paths below `base`, which ends with a slash. */
export function mirrored<Record extends PrebuiltRecord>(record: Record, base: string): Record {
  const there = (url: string) => new URL(new URL(url).pathname.slice(1), base).href;
  return { ...record, model: there(record.model), model_lib: there(record.model_lib) };
}

/**
 * The records that `names` mean: a record's own id, or the name of a model, which means its version of least memory.
 *
 * @throws FailureError command-invalid, with names that are alike
 */
export function recordsNamed(names: readonly string[], records: readonly PrebuiltRecord[]): PrebuiltRecord[] {
  const { models } = prebuiltModels(records);
  return names.map((name) => {
    const byId = records.find(({ model_id: id }) => id === name);
    const versions = models.find((model) => model.name === name)?.versions ?? [];
    const found = byId ?? versions.toSorted((a, b) => (a.memoryBytes ?? Infinity) - (b.memoryBytes ?? Infinity))[0]?.record;
    if (found) return found;
    const [first = ''] = name.split('-');
    const alike = models.filter((model) => model.name.startsWith(first)).map((model) => model.name);
    const some = (alike.length > 0 ? alike : models.map((model) => model.name)).slice(0, 12).join(', ');
    throw new FailureError('command-invalid', `web-llm's list has no model "${name}".`, `Name a record's id, or a model, as: ${some}.`);
  });
}

/**
 * Stores all files of `records` and says what is there as a list of models; what is there already stays.
 *
 * @param pathOf where a folder has the file of a URL, which `storage` keeps there (`tree.ts`)
 * @throws FailureError of the first file that could not be had; another call goes on from there
 */
export async function layOut(
  records: readonly PrebuiltRecord[],
  pathOf: (url: string) => string,
  storage: FileStorage,
  report: (update: TransferUpdate) => void,
  signal: AbortSignal,
): Promise<ModelList> {
  const specs: ModelSpec[] = [];
  for (const record of records) {
    signal.throwIfAborted();
    specs.push(await readRecord(record, storage));
  }
  const transfer = new Transfer(storage, shelvedFiles(specs), report);
  const stop = () => void transfer.pause();
  signal.addEventListener('abort', stop, { once: true });
  const state = await transfer.resume();
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const [failed] = transfer.update.failures;
  if (failed) throw new FailureError(failed.failure.code, failed.failure.message, failed.failure.hint);
  if (state !== 'done') throw new RangeError(`the download is ${state}`);
  const models = await Promise.all(specs.map(async (spec) => [spec.id, await listed(spec, pathOf, storage)] as const));
  return parseList({ format: 2, pairs: pairsOf(specs), models: Object.fromEntries(models) });
}

/** Every model as a target, those with drafts first; smaller models with the same tokenizer draft for it. */
function pairsOf(specs: readonly ModelSpec[]) {
  const size = ({ files }: ModelSpec) => bytesOf(files);
  const pairs = specs.map((target) => {
    const drafts = specs.filter((draft) => canDraft(draft, target) && size(draft) < size(target)).sort((a, b) => size(a) - size(b));
    return { name: target.name, target: target.id, drafts: drafts.map(({ id, name }) => ({ id, name })) };
  });
  return pairs.sort((a, b) => Number(b.drafts.length > 0) - Number(a.drafts.length > 0));
}

function canDraft(draft: ModelSpec, target: ModelSpec): boolean {
  return draft.rollsBack && target.rollsBack && sharesVocabulary(draft, target) === true;
}

async function listed(spec: ModelSpec, pathOf: (url: string) => string, storage: FileStorage) {
  const { name, parameters, vocabulary, tokenizer, context, template, stopTokens, rollsBack, revision, folder, library } = spec;
  const files = await Promise.all(
    shelvedFiles([spec]).map(async ({ shelf, file: { place } }) => {
      const content = (await (await storage.open(shelf)).get(place)) ?? new Blob();
      return { place, path: pathOf(place), bytes: content.size, sha256: await hashOf(content) };
    }),
  );
  return {
    ...{ name, parameters, vocabulary, tokenizer, context, template, stopTokens, rollsBack, revision },
    path: pathOf(folder),
    libraries: files.filter(({ place }) => place === library.place).map((file) => ({ needs: library.needs, ...file })),
    files: files.filter(({ place }) => place !== library.place),
  };
}
