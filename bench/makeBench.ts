import packageJson from '../package.json';
import { fetchCatalogue } from '../src/catalog/lists';
import { pairOf } from '../src/catalog/pairing';
import type { TargetSpec } from '../src/catalog/resolve';
import type { PairSpec } from '../src/catalog/spec';
import type { Calibration } from '../src/core/cost/cost';
import { runFigures } from '../src/core/cost/figures';
import { learnCosts } from '../src/core/cost/learnCosts';
import { pricedRounds, ratesByPosition } from '../src/core/cost/pricing';
import { committedTokens, tally } from '../src/core/run/tally';
import { DEFAULT_RUN } from '../src/core/settings';
import { LEAST_TOKENS } from '../src/core/study/experiment';
import type { PairMemory, RunEvent, RunSettings, Verdict } from '../src/core/types';
import type { Task, Update } from '../src/engine/tasks';
import { isRunEvent } from '../src/worker/client';
import type { StockReply, StockRequest } from './stock';
import { STORAGE } from './storage';

/** One run, in numbers. */
export interface Measured {
  /** Without the stop token. */
  readonly ids: readonly number[];
  /** Tokens that were decoded, the stop token included. */
  readonly tokens: number;
  /** Whether the answer ended by itself. */
  readonly stopped: boolean;
  readonly latencyMs: number;
  readonly readbacks: number;
  readonly timeToFirstTokenMs: number;
}
export interface MeasuredRun extends Measured {
  readonly rounds: number;
  /** Of the target. */
  readonly passes: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly pastEnd: number;
  readonly adapter: string;
  /** Conditional acceptance rate by position, over all sources; null if nothing was judged. */
  readonly acceptanceByPosition: readonly (number | null)[];
  /** By the cost model, with the run's own rates. */
  readonly predictedSpeedup: number;
  /** What that divides: milliseconds of a token, plainly and as the run drafted; null where nothing was drafted. */
  readonly predictedMs: { readonly plain: number; readonly speculative: number } | null;
  /** The costs as the run corrects them, which the page keeps. */
  readonly learnt: Calibration;
  readonly draftLengths: readonly number[];
  /** From the first token to the last. */
  readonly decodeMs: number;
  /** What the models take on the device after the run, in bytes. */
  readonly memoryBytes: number;
  /** Milliseconds of the rounds after the first by where they went: drafting and verifying by the device's clock, the rest of each round, between rounds. */
  readonly parts: { readonly draft: number; readonly verify: number; readonly rest: number; readonly between: number };
}

/** What is measured, wherever it runs. */
export interface BenchParts {
  /** To our engine. */
  readonly send: (task: Task) => AsyncGenerator<Update, void>;
  readonly askStock: (request: StockRequest) => Promise<StockReply>;
  /** How many readbacks the engine, or web-llm's, has made. */
  readonly readbacks: (whose: 'engine' | 'stock') => Promise<number>;
}

async function target(): Promise<TargetSpec> {
  const { targets } = await fetchCatalogue([new URL('/models/manifest.json', location.href).href], STORAGE);
  const [first] = targets;
  if (!first) throw new Error('the list of models has no target');
  return first;
}

/** The target with `draft`: by its id or as `findDraft` names it, or `itself`; null: no model drafts. */
async function pairWith(draft: string | null): Promise<PairSpec> {
  const spec = await target();
  return pairOf(spec, draft === 'itself' ? spec.model.id : draft);
}

export function makeBench({ send, askStock, readbacks }: BenchParts) {
  async function runEvents(prompt: string, draft: string | null, settings: RunSettings, calibration: Calibration | null) {
    const events: RunEvent[] = [];
    let memory: PairMemory | null = null;
    const pair = await pairWith(settings.mode === 'plain' ? null : draft);
    for await (const update of send({ type: 'run', pair, turns: [], prompt, settings, calibration })) {
      if (isRunEvent(update)) events.push(update);
      else if (update.type === 'memory') memory = update.memory;
    }
    return { events, memory };
  }

  return {
    defaults: () => ({
      run: DEFAULT_RUN,
      leastTokens: LEAST_TOKENS,
      versions: { foretoken: packageJson.version, 'web-llm': packageJson.dependencies['@mlc-ai/web-llm'] },
    }),

    /** Makes the pair ready, from the server at first: milliseconds. */
    async load(draft: string | null): Promise<number> {
      const pair = await pairWith(draft);
      const start = performance.now();
      for await (const _ of send({ type: 'load', pair }));
      return performance.now() - start;
    },

    async loadStock(): Promise<void> {
      const { folder, library } = (await target()).model;
      await askStock({ load: { modelUrl: folder, libraryUrl: library.url } });
    },

    async stock(prompt: string, maxTokens: number, temperature: number, fixedLength: boolean): Promise<Measured> {
      const before = await readbacks('stock');
      const {
        ids = [],
        stopped = false,
        latencyMs,
        timeToFirstTokenMs,
      } = await askStock({
        complete: { prompt, maxTokens, temperature, fixedLength },
      });
      const counted = (await readbacks('stock')) - before;
      const tokens = ids.length + (stopped ? 1 : 0);
      return { ids, tokens, stopped, latencyMs: latencyMs ?? NaN, timeToFirstTokenMs: timeToFirstTokenMs ?? NaN, readbacks: counted };
    },

    async calibrate(draft: string | null): Promise<Calibration> {
      for await (const update of send({ type: 'calibrate', pair: await pairWith(draft) })) {
        if (update.type === 'calibration' && update.calibration) return update.calibration;
      }
      throw new Error('no calibration came, or the clock is too coarse for one');
    },

    /** Every token of a run in its order, those among them that did not stay. */
    async verdicts(prompt: string, draft: string, settings: RunSettings): Promise<{ text: string; verdict: Verdict }[]> {
      const { events } = await runEvents(prompt, draft, settings, null);
      return events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ text, verdict }) => ({ text, verdict })) : []));
    },

    async run(prompt: string, draft: string | null, settings: RunSettings, calibration: Calibration): Promise<MeasuredRun> {
      const before = await readbacks('engine');
      const { events, memory } = await runEvents(prompt, draft, settings, calibration);
      const start = events.find((event) => event.type === 'start');
      const end = events.at(-1);
      const learnt = learnCosts(calibration, events);
      const { here } = runFigures(events, false, learnt);
      const ms = (inDecodes: number) => inDecodes * (here?.decodeMs ?? NaN);
      if (end?.type !== 'end' || (end.reason !== 'length' && end.reason !== 'stop'))
        throw new Error(`the run ended early: ${JSON.stringify(end)}`);
      const { rounds, passes, drafted, accepted, rejected, pastEnd, committed, waitMs, decodeMs } = tally(events);
      const stopped = end.reason === 'stop';
      const all = events.filter((event) => event.type === 'round');
      const decoding = all.slice(1);
      const draftMs = sum(decoding.map(({ device }) => device?.draftMs ?? 0));
      const verifyMs = sum(decoding.map(({ device }) => device?.verifyMs ?? 0));
      const inRounds = sum(decoding.map(({ startMs, endMs }) => endMs - startMs));
      return {
        ids: committedTokens(events)
          .map((token) => token.id)
          .slice(0, stopped ? -1 : undefined),
        tokens: committed,
        stopped,
        latencyMs: waitMs,
        timeToFirstTokenMs: all[0]?.endMs ?? NaN,
        acceptanceByPosition: ratesByPosition(events, null),
        // Where nothing was drafted the run was plain decoding.
        predictedSpeedup: here?.predicted ?? 1,
        predictedMs: here?.tokens ? { plain: ms(here.price.plain), speculative: ms(here.price.whole) / here.tokens } : null,
        learnt,
        decodeMs,
        draftLengths: pricedRounds(events).map(({ gamma }) => gamma),
        parts: { draft: draftMs, verify: verifyMs, rest: inRounds - draftMs - verifyMs, between: decodeMs - inRounds },
        readbacks: (await readbacks('engine')) - before,
        adapter: start?.labels.adapter ?? '',
        memoryBytes: memory ? allBytes(memory) : NaN,
        rounds,
        passes,
        drafted,
        accepted,
        rejected,
        pastEnd,
      };
    },
  };
}

/** Of both models and what they work with. */
function allBytes({ target, draft, working }: PairMemory): number {
  return working + sum([target, draft].flatMap((model) => Object.values(model)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
