/** The libraries beside the page, each compiled for a shape of models, whatever their weights. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { type ShapeLibrary, shapeKey } from '../formats/gguf';
import { misfitOf } from '../formats/misfit';
import { type MlcModel, type NotOurs, readMlcModel } from '../formats/mlc';
import { fetchPatiently, refusal } from '../storage/fetching';
import type { ListedLibrary } from './list';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const file = v.object({
  path: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*$/)),
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
/** One without a delta is there whole; of another, `base` is the path of the one that the delta makes it of. */
const library = v.object({
  ...file.entries,
  needs: v.array(v.string()),
  delta: v.optional(v.object({ ...file.entries, base: v.string() })),
});
const index = v.array(
  v.object({
    shape: v.string(),
    name: v.string(),
    context: count,
    prefillChunk: count,
    libraries: v.pipe(v.array(library), v.minLength(1)),
  }),
);

type ListedFile = v.InferOutput<typeof file>;

/** A library of a shape. */
export interface CompiledLibrary extends ListedFile {
  /** The names of the WebGPU features that it needs. */
  readonly needs: readonly string[];
  /** What makes it of another one; null: it is there whole. */
  readonly from: { readonly base: ListedFile; readonly delta: ListedFile } | null;
}

/** A shape's libraries, the best first. */
export interface ListedShape extends ShapeLibrary {
  readonly libraries: readonly CompiledLibrary[];
}

/** The folder of the libraries beside the page at `base`. */
export function librariesFolder(base: string): string {
  return new URL('libraries/', base).href;
}

/**
 * The libraries of a shape as the list of an own model has them: all, so that the model outlives what an update changes in the browser, and with their hashes in
 * their names, so that it outlives what it changes in the page.
 *
 * @param base of the page
 */
export function ownLibraries({ libraries }: ListedShape, base: string): ListedLibrary[] {
  const folder = librariesFolder(base);
  const own = ({ path, bytes, sha256 }: ListedFile) => {
    return { path: `libraries/${sha256.slice(0, 16)}-${path}`, url: new URL(path, folder).href, bytes, sha256 };
  };
  return libraries.map(({ needs, from, ...library }) => {
    return { needs: [...needs], ...own(library), from: from && { base: own(from.base), delta: own(from.delta) } };
  });
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
  const read = v.safeParse(index, await response.json().catch(() => undefined));
  signal.throwIfAborted();
  if (!read.success) throw invalid(misfitOf(read.issues[0]));
  const whole = new Map(read.output.flatMap(({ libraries }) => libraries.filter(({ delta }) => !delta)).map((each) => [each.path, each]));
  return read.output.map((shape) => ({ ...shape, libraries: shape.libraries.map((each) => withBase(each, whole)) }));
}

function withBase({ delta, ...listed }: v.InferOutput<typeof library>, whole: ReadonlyMap<string, ListedFile>): CompiledLibrary {
  if (!delta) return { ...listed, from: null };
  const base = whole.get(delta.base);
  if (!base) throw invalid(`${listed.path} is made of ${delta.base}, which it does not list whole`);
  return { ...listed, from: { base, delta } };
}

function invalid(what: string): FailureError {
  return new FailureError(
    'manifest-invalid',
    `The list of libraries cannot be used: ${what}.`,
    'Serve the libraries/index.json that belongs to this version of the page.',
  );
}

/**
 * The one of `shapes` that runs a model in MLC's format, once its weights are converted (`convertMlc`); or why there is no such library.
 *
 * @param config the content of its mlc-chat-config.json
 * @throws FailureError manifest-invalid where that cannot be read
 */
export function findLibrary(
  config: unknown,
  shapes: readonly ListedShape[],
): { readonly model: MlcModel; readonly library: ListedShape } | NotOurs {
  const model = readMlcModel(config);
  if ('why' in model) return model;
  const library = shapes.find(({ shape }) => shape === shapeKey(model.shape));
  if (library) return { model, library };
  const { family, layers, hidden, vocabulary } = model.shape;
  return { why: `there is no library for a ${family} model of ${layers} layers, ${hidden} wide, with ${vocabulary} tokens` };
}
