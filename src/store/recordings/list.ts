import * as v from 'valibot';
import { create } from 'zustand';
import { type Failure, FailureError, toFailure } from '../../core/failure';
import { fetchPatiently, refusal } from '../../storage/fetching';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

const listSchema = v.object({
  // The second is what earlier versions wrote.
  format: v.picklist(['foretoken-recordings', 'foretoken-library']),
  version: v.literal(1),
  recordings: v.pipe(
    v.array(
      v.object({
        /** Its file is NAME.json. */
        name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,60}$/)),
        title: text,
        /** What kind of text it is. */
        kind: text,
        /** How it was decoded, in a few words. */
        how: text,
      }),
    ),
    v.maxLength(200),
  ),
});

export type ListedRecording = v.InferOutput<typeof listSchema>['recordings'][number];

export interface RecordingsState {
  /** The recorded runs that come with the page; null until their list is read. */
  readonly recordings: readonly ListedRecording[] | null;
  readonly failure: Failure | null;
  /** Whether the list is open. */
  readonly open: boolean;
}

export const useRecordings = create<RecordingsState>()(() => ({ recordings: null, failure: null, open: false }));

/** Opens the list of recordings. */
export function openRecordings(): void {
  useRecordings.setState({ open: true });
  void readRecordings();
}

export function closeRecordings(): void {
  useRecordings.setState({ open: false });
}

/** Reads the list of recordings, unless it is there. Failures land in the state. */
export async function readRecordings(): Promise<void> {
  if (useRecordings.getState().recordings) return;
  try {
    const parsed = v.safeParse(listSchema, await fetchJson('index.json'));
    if (!parsed.success) throw new FailureError('trace-invalid', 'The list of recordings cannot be used.', BELONGS);
    useRecordings.setState({ recordings: parsed.output.recordings, failure: null });
  } catch (thrown) {
    useRecordings.setState({ failure: toFailure(thrown) });
  }
}

/** The document of one of the page's recordings, still to be checked. @throws FailureError network, file-missing, server-refused */
export function fetchRecording(name: string): Promise<unknown> {
  return /^[a-z][a-z0-9-]*$/.test(name) ? fetchJson(`${name}.json`) : Promise.reject(missing(name));
}

const BELONGS = 'The server of this page must serve its folder traces/ too.';

async function fetchJson(file: string): Promise<unknown> {
  const url = new URL(`traces/${file}`, document.baseURI).href;
  const response = await fetchPatiently(url).catch((cause) => {
    throw new FailureError('network', `The recording could not be fetched from ${url}.`, 'Check the connection and try again.', cause);
  });
  if (!response.ok) throw refusal('The recording', response, missing(file));
  return response.json().catch(() => undefined);
}

function missing(name: string): FailureError {
  return new FailureError('file-missing', `There is no recording "${name}".`, BELONGS);
}
