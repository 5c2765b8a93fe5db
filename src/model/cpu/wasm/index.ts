/** Models in WebAssembly. */
import type { Forward } from '../port';
import type { ModelConfig } from '../weights';
import { WasmForward } from './forward';
import { Tensors } from './tensors';

/** As `Tensors.read` and `WasmForward.create`: null where this machine's WebAssembly has no SIMD. */
export async function wasmForward(
  config: ModelConfig,
  index: unknown,
  shard: (name: string) => Promise<ArrayBuffer>,
): Promise<Forward | null> {
  const tensors = await Tensors.read(index, shard);
  return tensors && WasmForward.create(config, tensors);
}
