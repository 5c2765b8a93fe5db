/** Models of a hub: what the list has, what their small files say, and how all of their files are stored. */
import { pageOf } from '../catalog/hubModels';
import { onOurLibrary } from '../catalog/ourLibrary';
import { prebuiltRecords } from '../catalog/prebuilt';
import { readRecord, requireLibrary } from '../catalog/records';
import { convertedForm, shelvedFiles } from '../catalog/storedModels';
import type { FileStorage } from '../storage/port';
import { Transfer } from '../storage/transfer';
import type { Fetching, FetchTask, Inspected, InspectTask, Published } from './tasks';

export async function listPublished(report: (update: Published) => void): Promise<void> {
  report({ type: 'published', records: await prebuiltRecords() });
}

/** @throws FailureError of `readRecord` and `requireLibrary`; or the signal's reason */
export async function inspect(
  { record, folder, begun = false }: InspectTask,
  storage: FileStorage,
  report: (update: Inspected) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = await readRecord(record, storage, { folder, signal });
  const base = pageOf(folder);
  const model = base === null ? read : await onOurLibrary(read, storage, base, signal);
  if (!begun) await requireLibrary(model, storage, signal);
  report({ type: 'inspected', model });
}

/** Faults of files are reported, and are no failure of the task. */
export async function fetchModels(
  { models }: FetchTask,
  storage: FileStorage,
  report: (update: Fetching) => void,
  signal: AbortSignal,
): Promise<void> {
  // Of what was converted, what it was made of is not kept.
  const kept = await Promise.all(models.map(async (model) => (await convertedForm(model, storage)) ?? model));
  const transfer = new Transfer(storage, shelvedFiles(kept), (update) => report({ type: 'fetching', transfer: update }));
  const pause = () => void transfer.pause();
  signal.addEventListener('abort', pause, { once: true });
  if (signal.aborted) return;
  await transfer.resume();
  signal.removeEventListener('abort', pause);
}
