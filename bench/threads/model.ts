/** Passes of one model in Node with one thread and with several, for bench/threads.mjs to time. */
import fs from 'node:fs';
import path from 'node:path';
import { wasmForward } from '../../src/model/cpu/wasm';
import { parseConfig } from '../../src/model/cpu/weights';
import { nodeThreads } from '../../src/node/threads';

/**
 * @param folder of the model's files
 * @param context tokens in the cache
 * @returns milliseconds that one pass of `rows` tokens takes, its logits with it; the cache is then as before
 */
export async function openModel(
  folder: string,
  threads: number,
  context: number,
): Promise<{ readonly threads: number; pass(rows: number): number }> {
  const read = (name: string) => fs.readFileSync(path.join(folder, name));
  const json = (name: string) => JSON.parse(read(name).toString());
  const shard = async (name: string) => Uint8Array.from(read(name)).buffer;
  const config = parseConfig(json('mlc-chat-config.json'));
  const forward = await wasmForward(config, json('tensor-cache.json'), shard, nodeThreads(threads));
  if (!forward) throw new Error('This Node has no SIMD in WebAssembly.');
  const ids = Array.from({ length: context }, (_, i) => (i * 37) % 1000);
  forward.forward(ids, 'last-row');
  return {
    threads: forward.threads,
    pass(rows) {
      forward.truncate(context - 1);
      const started = performance.now();
      forward.forward(ids.slice(0, rows), 'all-rows');
      return performance.now() - started;
    },
  };
}
