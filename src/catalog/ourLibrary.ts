import { FailureError } from '../core/failure';
import { featuresHere } from '../gpu/adapter';
import type { FileStorage } from '../storage/port';
import { hubFolder } from './hubModels';
import { json } from './json';
import { firstFitting, librarySpec, missingOf } from './resolve';
import { fetchShapes, findLibrary, librariesFolder, ownLibraries } from './shapeLibraries';
import { fileOf, type ModelSpec } from './spec';
import { openStored } from './storedModels';

/**
 * `model`, in MLC's format, on the library of ours beside the page that was compiled for its shape; as it is, on MLC's own, where the page has no such library.
 *
 * @param model whose small files are stored (`readRecord`)
 * @param base of the page
 * @throws FailureError manifest-invalid; or the signal's reason
 */
export async function onOurLibrary(model: ModelSpec, storage: FileStorage, base: string, signal: AbortSignal): Promise<ModelSpec> {
  const file = fileOf(model, 'mlc-chat-config.json');
  if (!file || model.conversion) return model;
  const shapes = await fetchShapes(librariesFolder(base), signal).catch((thrown) => {
    signal.throwIfAborted();
    // A server need not have them; MLC's own serves as well.
    if (thrown instanceof FailureError && thrown.failure.code !== 'manifest-invalid') return [];
    throw thrown;
  });
  const found = findLibrary(await json(await openStored(model, storage, file)), shapes);
  if ('why' in found) return model;
  const { shape, name, context, prefillChunk } = found.library;
  const features = await featuresHere();
  const libraries = ownLibraries(found.library, base).map((each) => librarySpec(each, hubFolder(base)));
  const library = firstFitting(libraries, (each) => missingOf(each, features).length === 0);
  return {
    ...{ ...model, libraries, library, missing: missingOf(library, features), conversion: { shape, name, context, prefillChunk } },
    context: Math.min(model.context, context),
  };
}
