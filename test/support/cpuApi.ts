import fs from 'node:fs';
import path from 'node:path';
import { PairApi, type PairApiSetup } from '../../src/api/pairApi';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import type { PairLoader } from '../../src/engine/pair';
import { memoryStorage } from '../../src/storage/memory';
import { SHIPPED, shippedPair } from './shipped';

/** The files of the shipped pair, as they lie. */
export async function fetchShipped(url: string): Promise<Response> {
  return new Response(fs.readFileSync(path.join(SHIPPED, new URL(url).pathname.replace('/models/', ''))));
}

interface Changes extends Partial<Pick<PairApiSetup, 'pair' | 'defaults'>> {
  /** Text of the chat template that ends an answer. */
  readonly templateStops?: readonly string[];
}

/** The shipped pair on this machine's CPU behind the API; needs `fetchShipped` as the global `fetch`. */
export function cpuApi({ templateStops, ...changes }: Changes = {}): PairApi {
  const pairs = new CpuPairs(memoryStorage());
  let ids = 0;
  return new PairApi({
    engine: new PairEngine(templateStops ? stoppingAt(templateStops, pairs) : pairs, () => performance.now()),
    pair: shippedPair('draft'),
    defaults: { speculative: true, numSpeculativeTokens: 4, drafting: 'model' },
    mostWaiting: 8,
    now: () => Date.now(),
    randomSeed: () => 1,
    randomId: () => String(ids++),
    ...changes,
  });
}

function stoppingAt(stopStrings: readonly string[], pairs: CpuPairs): PairLoader {
  return {
    release: (model) => pairs.release(model),
    ready: async (...task) => {
      const pair = await pairs.ready(...task);
      const { side, text } = pair.target;
      const { stopTokens } = text;
      const stopping = {
        ...{ stopTokens, stopStrings, encode: (given: string) => text.encode(given), decode: text.decode.bind(text) },
        encodeChat: text.encodeChat.bind(text),
      };
      return { ...pair, target: { side, text: stopping } };
    },
  };
}
