import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { PrebuiltRecord } from '../../src/catalog/prebuilt';
import type { Hub } from './hub';
import { inShards, type Tensor } from './shards';
import { SHIPPED } from './shipped';

interface Shard {
  readonly dataPath: string;
  readonly nbytes: number;
  readonly md5sum: string;
  readonly records: readonly Tensor[];
}

/** The path that the hub has of a URL. */
export const pathOf = (url: string) => new URL(url).pathname.slice(1);

/**
 * Puts a model of the embedded pair on `hub`, under the addresses of `record`, whose library it has too: its files as MLC publishes them, in shards with their
 * hashes.
 *
 * @returns the paths of its shards
 */
export function putEmbedded(hub: Hub, name: 'target' | 'draft', record: PrebuiltRecord): readonly string[] {
  const folder = path.join(SHIPPED, name, 'resolve/main');
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  const at = (file: string) => `${pathOf(record.model)}/resolve/main/${file}`;
  const cache = JSON.parse(read('tensor-cache.json').toString());
  const shards: Shard[] = [];
  for (const shard of cache.records) {
    const bytes = read(shard.dataPath);
    for (const records of inShards(shard.records)) {
      const [first] = records;
      const start = first?.byteOffset ?? 0;
      const content = bytes.subarray(start, start + records.reduce((sum, { nbytes }) => sum + nbytes, 0));
      const dataPath = `params_shard_${shards.length}.bin`;
      const moved = records.map((tensor) => ({ ...tensor, byteOffset: tensor.byteOffset - start }));
      shards.push({ ...shard, dataPath, nbytes: content.length, md5sum: createHash('md5').update(content).digest('hex'), records: moved });
      hub.put(at(dataPath), content);
    }
  }
  for (const file of ['mlc-chat-config.json', 'tokenizer.json']) hub.put(at(file), read(file));
  hub.put(at('tensor-cache.json'), JSON.stringify({ ...cache, records: shards }));
  hub.put(pathOf(record.model_lib), fs.readFileSync(path.join(SHIPPED, `libraries/${name}.wasm`)));
  return shards.map(({ dataPath }) => at(dataPath));
}
