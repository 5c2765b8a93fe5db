/** Lays out models of web-llm's list in a folder (scripts/mirror.mjs). */
import type { ModelList } from '../catalog/list';
import { layOut, mirrorBase, mirrored, recordsNamed } from '../catalog/mirror';
import { type PrebuiltRecord, prebuiltRecords } from '../catalog/prebuilt';
import { pathBelow, treeStorage } from '../storage/tree';
import { usageError } from './usage';

/** Where the records of web-llm's list point to. */
const HUBS: readonly string[] = ['https://huggingface.co/', 'https://raw.githubusercontent.com/'];

/**
 * Stores the models `names` in the folder `out`.
 *
 * @param from the address of a mirror; undefined: the hubs
 * @param tell hears how far it is, in words
 * @returns the list of what is there, not yet written
 * @throws FailureError command-invalid, or of the download; or the signal's reason
 */
export async function mirror(
  names: readonly string[],
  from: string | undefined,
  out: string,
  tell: (line: string) => void,
  signal: AbortSignal,
  records?: readonly PrebuiltRecord[],
): Promise<ModelList> {
  const chosen = recordsNamed(names, records ?? (await prebuiltRecords()));
  const report = ({ loadedBytes, totalBytes, file }: { loadedBytes: number; totalBytes: number; file: string | null }) => {
    if (file !== null) tell(`${Math.floor((20 * loadedBytes) / Math.max(1, totalBytes)) * 5} % of ${Math.ceil(totalBytes / 1e6)} MB`);
  };
  const bases = from === undefined ? HUBS : [baseOf(from)];
  const wanted = from === undefined ? chosen : chosen.map((record) => mirrored(record, baseOf(from)));
  return layOut(wanted, (url) => pathBelow(bases, url), treeStorage(out, bases), report, signal);
}

function baseOf(from: string): string {
  const base = mirrorBase(from);
  if (base === null) throw usageError(`${from} is not an address.`, 'Write it whole, as https://example.org/models/.');
  return base;
}
