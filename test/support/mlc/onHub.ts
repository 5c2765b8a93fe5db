import type { PrebuiltRecord } from '../../../src/catalog/prebuilt';
import type { Hub } from '../hub';
import { type MlcFiles, mlcModel } from './model';

const TOKENIZER = { model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] }, added_tokens: [{ id: 3, content: '<|end|>' }] };

/** What stands for a library where none is loaded: it begins as one. */
export const SMALL_LIBRARY = '\0asm and so on';

/** Puts a small model in MLC's format on `hub`, as `mlc-ai/NAME`; one that is not `tied` has a head of its own, and is larger. @returns its record, as web-llm's list would have it */
export function putModel(
  hub: Hub,
  name: string,
  tokenizer: object = TOKENIZER,
  tied = true,
): { readonly record: PrebuiltRecord; readonly files: MlcFiles } {
  const files = mlcModel('llama', 'q4f32_1', tied);
  const at = (file: string) => `mlc-ai/${name}/resolve/main/${file}`;
  hub.put(at('mlc-chat-config.json'), JSON.stringify(files.config));
  hub.put(at('tensor-cache.json'), JSON.stringify(files.cache));
  hub.put(at('tokenizer.json'), JSON.stringify(tokenizer));
  for (const [shard, bytes] of files.shards) hub.put(at(shard), bytes);
  const library = `mlc-ai/binary-mlc-llm-libs/main/${name}_cs1k-webgpu.wasm`;
  hub.put(library, SMALL_LIBRARY);
  const overrides = { context_window_size: 64 };
  const record = { model: `${hub.url}mlc-ai/${name}`, model_id: name, model_lib: `${hub.url}${library}`, vram_required_MB: 10, overrides };
  return { record, files };
}
