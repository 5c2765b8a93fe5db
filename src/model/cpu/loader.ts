import { bytesOf, fileOf, type ModelSpec } from '../../catalog/spec';
import { openStored, storeModel } from '../../catalog/storedModels';
import { FailureError } from '../../core/failure';
import type { RemoteFile } from '../../storage/download';
import type { FileStorage } from '../../storage/port';
import type { LoaderProgress } from '../webllm/loader';
import { CpuForward } from './forward';
import { ChatText } from './text';
import { parseConfig, readWeights } from './weights';

export interface CpuModelFiles {
  readonly forward: CpuForward;
  readonly text: ChatText;
}

/**
 * Downloads and checks the files of `model`, except its library, which is WebGPU's, and unpacks them.
 *
 * @throws FailureError of the download, or library-incompatible; or the signal's reason
 */
export async function loadCpuModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<CpuModelFiles> {
  await storeModel(model, storage, report, signal, model.files);
  const loadedBytes = bytesOf(model.files);
  report({ phase: 'preparing', loadedBytes });
  const bytes = async (name: string) => (await openStored(model, storage, named(model, name))).arrayBuffer();
  const json = async (name: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await bytes(name)));
  const config = parseConfig(await json('mlc-chat-config.json'), model);
  const weights = await readWeights(await json('tensor-cache.json'), bytes);
  const text = new ChatText(config, (await json('tokenizer.json')) as object);
  const forward = new CpuForward(config, weights);
  report({ phase: 'ready', loadedBytes });
  return { forward, text };
}

function named(model: ModelSpec, name: string): RemoteFile {
  const file = fileOf(model, name);
  if (file) return file;
  throw new FailureError(
    'manifest-invalid',
    `The list of models names no ${name} of ${model.name}.`,
    'Serve the manifest.json that belongs to this version of the page.',
  );
}
