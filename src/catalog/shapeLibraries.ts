/** The libraries beside the page, each compiled for a shape of models, whatever their weights. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import type { ShapeLibrary } from '../formats/gguf';
import { fetchPatiently, refusal } from '../storage/fetching';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Library = v.object({
  needs: v.array(v.string()),
  path: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*\.wasm$/)),
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
const Index = v.array(
  v.object({
    shape: v.string(),
    name: v.string(),
    context: count,
    prefillChunk: count,
    libraries: v.pipe(v.array(Library), v.minLength(1)),
  }),
);

/** A shape's libraries, the best first, each with the WebGPU features that it needs. */
export interface ListedShape extends ShapeLibrary {
  readonly libraries: readonly v.InferOutput<typeof Library>[];
}

/** The folder of the libraries beside the page at `base`. */
export function librariesFolder(base: string): string {
  return new URL('libraries/', base).href;
}

/** The shapes that `folder` has libraries for. @throws FailureError network, server-refused, file-missing, manifest-invalid; or the signal's reason */
export async function fetchShapes(folder: string, signal: AbortSignal): Promise<readonly ListedShape[]> {
  const url = new URL('index.json', folder).href;
  const response = await fetchPatiently(url, signal).catch((cause) => {
    signal.throwIfAborted();
    throw new FailureError(
      'network',
      'The list of libraries could not be fetched.',
      'Check the connection and open the file again.',
      cause,
    );
  });
  const missing = new FailureError(
    'file-missing',
    'This page has no libraries for models of your own.',
    'Its server must serve its folder libraries/ too.',
  );
  if (!response.ok) throw refusal('The list of libraries', response, missing);
  const read = v.safeParse(Index, await response.json().catch(() => undefined));
  signal.throwIfAborted();
  if (read.success) return read.output;
  throw new FailureError(
    'manifest-invalid',
    `The list of libraries cannot be used: ${v.getDotPath(read.issues[0]) ?? 'it'}: ${read.issues[0].message}.`,
    'Serve the libraries/index.json that belongs to this version of the page.',
  );
}
