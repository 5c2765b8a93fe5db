/** Models in WebAssembly. */
import type { ModelConfig } from '../weights';
import { WasmForward } from './forward';
import { Tensors } from './tensors';
import { type Threads, threadsFor } from './thread';

/** As `Tensors.read` and `WasmForward.create`: null where this machine's WebAssembly has no SIMD. @param threads join in once they have begun, for which nobody waits */
export async function wasmForward(
  config: ModelConfig,
  index: unknown,
  shard: (name: string) => Promise<ArrayBuffer>,
  threads?: Threads,
): Promise<WasmForward | null> {
  const tensors = await Tensors.read(index, shard, threads && threadsFor(config.model_config, threads));
  if (!tensors) return null;
  const forward = WasmForward.create(config, tensors);
  // Last, so that nothing that fails leaves one behind.
  if (threads) tensors.memory.start(threads);
  return forward;
}
