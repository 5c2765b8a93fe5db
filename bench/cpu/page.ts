/** Times of passes of one model, in all that can compute it here, for bench/cpu.mjs to compare. */
import { fetchCatalogue } from '../../src/catalog/lists';
import { clockStep } from '../../src/core/clock';
import { FailureError } from '../../src/core/failure';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Proposal, TokenId } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import type { ReadyPair } from '../../src/engine/pair';
import { WebGpuPairs } from '../../src/engine/webgpuPairs';
import { BROWSER_CACHE } from '../../src/storage/browserCache';

const never = new AbortController().signal;
const LOADERS = {
  wasm: () => new CpuPairs(BROWSER_CACHE, { form: 'wasm' }),
  plain: () => new CpuPairs(BROWSER_CACHE, { form: 'plain' }),
  webgpu: () => new WebGpuPairs({ gpu: navigator.gpu, storage: BROWSER_CACHE }),
};
type Means = keyof typeof LOADERS;

/** A sample repeats passes for at least so many steps of the clock. */
const STEPS = 50;

const ready = new Map<Means, ReadyPair>();
let history: TokenId[] = [];

function pairOf(means: Means): ReadyPair {
  const pair = ready.get(means);
  if (!pair) throw new Error(`${means} has no model`);
  return pair;
}

/** One pass over the last token of the history and `rows` - 1 looked-up drafts, after which the cache is as before. */
async function pass({ target: { side } }: ReadyPair, rows: number): Promise<void> {
  const ids = history.slice(1, rows);
  const proposal: Proposal | null = rows === 1 ? null : { kind: 'ids', source: 'ngram', length: ids.length, ids };
  await side.verify(history, proposal);
  side.truncate(history.length - 1);
}

const cpu = {
  /** Loads a model of a list in everything that runs it: what each is called, and why others do not. */
  async load(list: string, id: string, context: number): Promise<Record<string, string>> {
    const { models } = await fetchCatalogue([new URL(list, location.href).href], BROWSER_CACHE);
    const target = models.find((each) => each.id === id);
    if (!target) throw new Error(`${list} has no ${id}`);
    ready.clear();
    const told: Record<string, string> = {};
    for (const means of Object.keys(LOADERS) as Means[]) {
      try {
        const pair = await LOADERS[means]().ready({ target, draft: null }, () => undefined, never);
        ready.set(means, pair);
        told[means] = pair.adapter;
      } catch (error) {
        if (!(error instanceof FailureError)) throw error;
        told[means] = `does not run: ${error.message}`;
      }
    }
    const [first] = ready.values();
    if (!first) throw new Error(`nothing runs ${id}`);
    const text = first.target.text.encode('One, two, three, four, five, six, seven, eight. ');
    history = Array.from({ length: context }, (_, i) => text[i % text.length] as TokenId);
    for (const { target: each } of ready.values()) {
      await each.side.begin({ ...DEFAULT_RUN, mode: 'plain' }, context);
      each.side.truncate(0);
      await each.side.prefill(history.slice(0, -1), never);
    }
    return told;
  },
  means: () => [...ready.keys()],
  /** Milliseconds of one pass of `rows` rows, by a sample long enough for the clock. */
  async sample(means: Means, rows: number): Promise<number> {
    const pair = pairOf(means);
    const least = STEPS * clockStep(() => performance.now());
    const started = performance.now();
    for (let passes = 1; ; passes++) {
      await pass(pair, rows);
      const ms = performance.now() - started;
      if (ms >= least) return ms / passes;
    }
  },
};

declare global {
  interface Window {
    cpu: typeof cpu;
  }
}
window.cpu = cpu;
