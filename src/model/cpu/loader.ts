import { bytesOf, fileOf, type ModelSpec } from '../../catalog/spec';
import { openStored, storeModel } from '../../catalog/storedModels';
import { FailureError } from '../../core/failure';
import type { RemoteFile } from '../../storage/download';
import type { FileStorage } from '../../storage/port';
import type { LoaderProgress } from '../webllm/loader';
import { CpuForward } from './forward';
import { Grammars } from './grammars';
import type { Forward } from './port';
import { ChatText } from './text';
import type { Threads } from './wasm/thread';
import { type ModelConfig, parseConfig, readWeights } from './weights';

/** What computes on the CPU: `wasm`, or where that cannot be had `plain` TypeScript, several times slower. */
export type CpuForm = 'wasm' | 'plain';

export interface CpuMeans {
  /** What is tried first. */
  readonly form: CpuForm;
  /** That compute together; the calling one alone by default. */
  readonly threads?: Threads | undefined;
}

export interface CpuModelFiles {
  readonly forward: Forward;
  readonly form: CpuForm;
  readonly text: ChatText;
  readonly grammars: Grammars;
}

/**
 * Downloads and checks the files of `model`, except its library, which is WebGPU's, and reads them into memory.
 *
 * @throws FailureError of the download, library-incompatible or out-of-memory; or the signal's reason
 */
export async function loadCpuModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
  means: CpuMeans,
): Promise<CpuModelFiles> {
  // It comes while the files do; who needs it hears why it cannot be had.
  if (means.form === 'wasm') importWasm().catch(() => undefined);
  await storeModel(model, storage, report, signal, model.files);
  const loadedBytes = bytesOf(model.files);
  report({ phase: 'preparing', loadedBytes });
  const bytes = async (name: string) => (await openStored(model, storage, named(model, name))).arrayBuffer();
  const json = async (name: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await bytes(name)));
  const [said, tokenizer, index] = await Promise.all(['mlc-chat-config.json', 'tokenizer.json', 'tensor-cache.json'].map(json));
  const config = parseConfig(said, model);
  const text = new ChatText(config, tokenizer as object);
  const made = await makeForward(means, config, index, bytes);
  report({ phase: 'ready', loadedBytes });
  return { ...made, text, grammars: new Grammars(config, text) };
}

async function makeForward(
  { form, threads }: CpuMeans,
  config: ModelConfig,
  index: unknown,
  shard: (name: string) => Promise<ArrayBuffer>,
): Promise<Pick<CpuModelFiles, 'forward' | 'form'>> {
  const plain = async () => ({ form: 'plain', forward: new CpuForward(config, await readWeights(index, shard)) }) as const;
  if (form === 'plain') return plain();
  const { wasmForward } = await importWasm();
  try {
    const forward = await wasmForward(config, index, shard, threads);
    return forward ? { form, forward } : await plain();
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'out-of-memory') throw error;
    // It may get what it needs in smaller pieces; a model that plain TypeScript does not run fails for the first cause.
    return plain().catch(() => {
      throw error;
    });
  }
}

/** Fetched where a model runs without WebGPU. */
function importWasm(): Promise<typeof import('./wasm')> {
  return import('./wasm');
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
