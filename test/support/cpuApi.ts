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

interface Changes extends Partial<Pick<PairApiSetup, 'pair' | 'defaults' | 'mostWaiting'>> {
  /** Text of the chat template that ends an answer. */
  readonly templateStops?: readonly string[];
}

const engineOf = (pairs: PairLoader) => new PairEngine(pairs, () => performance.now());
/** Loads the pair once for all. */
const shared = engineOf(new CpuPairs(memoryStorage()));

/** The shipped pair on this machine's CPU behind the API; needs `fetchShipped` as the global `fetch`. Its costs are not measured, as drafts have a fixed length. */
export function cpuApi({ templateStops, ...changes }: Changes = {}): PairApi {
  const engine = templateStops ? engineOf(stoppingAt(templateStops)) : shared;
  let ids = 0;
  return new PairApi({
    engine: { load: (...task) => engine.load(...task), run: (...task) => engine.run(...task), calibrate: async () => undefined },
    pair: shippedPair('draft'),
    defaults: { speculative: true, numSpeculativeTokens: 4, drafting: 'model' },
    mostWaiting: 8,
    now: () => Date.now(),
    randomSeed: () => 1,
    randomId: () => String(ids++),
    ...changes,
  });
}

function stoppingAt(stopStrings: readonly string[]): PairLoader {
  const pairs = new CpuPairs(memoryStorage());
  return {
    release: (model) => pairs.release(model),
    unload: () => pairs.unload(),
    ready: async (spec, report, signal) => {
      const pair = await pairs.ready(spec, report, signal);
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
