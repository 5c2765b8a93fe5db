/** Our engine on the CPU and wllama in one isolated page, for bench/beside.mjs to compare. */
import { fetchCatalogue } from '../../src/catalog/lists';
import { pairOf } from '../../src/catalog/pairing';
import type { Calibration } from '../../src/core/cost/cost';
import { committedTokens, startOf, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent, sendToWorker } from '../../src/worker/client';

/** A target, what drafts for it, and the threads that compute them. */
interface Asked {
  /** Of models, served beside the page. */
  readonly list: string;
  /** As `pairOf` names it; null: no model drafts. */
  readonly draft: string | null;
  readonly threads: number;
}

/** What others.mjs reads. */
interface Completion {
  readonly choices: readonly { readonly text: string }[];
  readonly timings: Readonly<Record<string, number>>;
}

/** What this bench uses of wllama's interface. */
interface Wllama {
  loadModel(files: Blob[], options: Readonly<Record<string, unknown>>): Promise<void>;
  createCompletion(request: Readonly<Record<string, unknown>>): Promise<Completion>;
  getNumThreads(): number;
}

const engines = new Map<number, Worker>();
const wllamas = new Map<number, Wllama>();

/** An engine for each number of threads, each with models of its own. */
function engineOf(threads: number): Worker {
  const engine =
    engines.get(threads) ?? new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: String(threads) });
  engines.set(threads, engine);
  return engine;
}

async function pair({ list, draft }: Asked) {
  const { targets } = await fetchCatalogue([new URL(list, location.href).href], BROWSER_CACHE);
  const [first] = targets;
  if (!first) throw new Error(`${list} has no target`);
  return pairOf(first, draft);
}

const beside = {
  /** Whether threads may share memory here. */
  isIsolated: () => crossOriginIsolated,

  /** Makes a pair ready and measures what it costs here. */
  async calibrate(asked: Asked): Promise<Calibration> {
    for await (const update of sendToWorker(engineOf(asked.threads), { type: 'calibrate', pair: await pair(asked) })) {
      if (update.type === 'calibration' && update.calibration) return update.calibration;
    }
    throw new Error('no calibration came, or the clock is too coarse for one');
  },

  /** A greedy run of our own engine; times are milliseconds. @param raw whether the prompt is a text to go on from */
  async run(asked: Asked, prompt: string, raw: boolean, settings: Partial<RunSettings>, calibration: Calibration | null) {
    const events: RunEvent[] = [];
    const all = { ...DEFAULT_RUN, ...settings };
    const task = { type: 'run', pair: await pair(asked), turns: [], prompt, raw, settings: all, calibration } as const;
    for await (const update of sendToWorker(engineOf(asked.threads), task)) if (isRunEvent(update)) events.push(update);
    const end = events.at(-1);
    if (end?.type !== 'end' || (end.reason !== 'length' && end.reason !== 'stop'))
      throw new Error(`the run ended early: ${JSON.stringify(end)}`);
    const { committed: tokens, decodeMs, timeToFirstTokenMs: firstMs, drafted, accepted, rejected, rounds } = tally(events);
    const written = committedTokens(events);
    const start = startOf(events);
    return {
      ...{ tokens, decodeMs, firstMs, drafted, accepted, rejected, rounds },
      promptTokens: start?.promptIds.length ?? 0,
      adapter: start?.labels.adapter ?? '',
      ids: written.map(({ id }) => id),
      text: written.map(({ text }) => text).join(''),
    };
  },

  /** Loads a GGUF file in wllama, on the CPU. */
  async loadWllama(file: string, threads: number): Promise<void> {
    const { Wllama: make } = await import(/* @vite-ignore */ new URL('/wllama/esm/index.js', location.href).href);
    const wllama: Wllama = new make({ default: '/wllama/esm/wasm/wllama.wasm' }, { suppressNativeLog: true });
    await wllama.loadModel([await (await fetch(file)).blob()], { n_threads: threads, n_gpu_layers: 0, n_ctx: 2048, n_parallel: 1 });
    if (wllama.getNumThreads() !== threads) throw new Error(`wllama has ${wllama.getNumThreads()} threads, not ${threads}`);
    wllamas.set(threads, wllama);
  },

  /** A completion of wllama's. */
  async askWllama(threads: number, request: Readonly<Record<string, unknown>>): Promise<Completion> {
    const wllama = wllamas.get(threads);
    if (!wllama) throw new Error('load wllama first');
    return wllama.createCompletion(request);
  },
};

declare global {
  interface Window {
    beside: typeof beside;
  }
}
window.beside = beside;
