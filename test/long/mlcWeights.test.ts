import { afterAll, describe, expect, it } from 'vitest';
import { onOurLibrary } from '../../src/catalog/ourLibrary';
import { readRecord } from '../../src/catalog/records';
import { deleteStored } from '../../src/catalog/storedModels';
import { committedTokens, startOf } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent } from '../../src/core/types';
import { PairEngine } from '../../src/engine/engine';
import { Pairs } from '../../src/engine/pairs';
import type { Update } from '../../src/engine/tasks';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent } from '../../src/worker/client';

interface Answer {
  readonly question: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
}

const engine = new PairEngine(new Pairs({ gpu: navigator.gpu, storage: BROWSER_CACHE, backend: 'webgpu' }), () => performance.now());
const never = () => new AbortController().signal;
afterAll(() => engine.unload({ type: 'unload' }, never()));

const folderOf = (quantisation: string) => new URL(`/build/mlc/${quantisation}`, location.href).href;

/** What numpy writes with the same weights; null where the model was not made. For a missing file the server answers with a page. */
async function answersOf(quantisation: string): Promise<readonly Answer[] | null> {
  const response = await fetch(`${folderOf(quantisation)}/reference.json`);
  return response.headers.get('content-type')?.includes('json') ? response.json() : null;
}

describe('SmolLM2 as MLC quantises it, on our library', () => {
  for (const quantisation of ['q4f32_1', 'q4f16_1']) {
    it(`writes in ${quantisation} what numpy writes with the same weights (npm run models -- mlc-weights makes it)`, async ({ skip }) => {
      const answers = await answersOf(quantisation);
      if (!answers) return skip();
      const record = {
        model: folderOf(quantisation),
        model_id: `smollm2-${quantisation}`,
        model_lib: `${folderOf(quantisation)}/mlc.wasm`,
      };
      const target = await onOurLibrary(await readRecord(record, BROWSER_CACHE), BROWSER_CACHE, new URL('/', location.href).href, never());
      expect(target).toMatchObject({ missing: [], conversion: { name: 'SmolLM2 135M' } });
      const phases = new Map<string, number>();
      for (const { question, ids, greedy } of answers) {
        const events: RunEvent[] = [];
        const settings = { ...DEFAULT_RUN, mode: 'speculative', drafting: 'ngram', maxTokens: greedy.length } as const;
        const task = { type: 'run', pair: { target, draft: null }, turns: [], prompt: question, calibration: null, settings } as const;
        const report = (update: Update) => {
          if (update.type === 'progress') phases.set(update.phase, performance.now());
          else if (isRunEvent(update)) events.push(update);
        };
        await engine.run(task, report, never());
        expect(startOf(events)?.promptIds).toEqual(ids);
        expect(committedTokens(events).map(({ id }) => id)).toEqual(greedy);
      }
      const [from = 0, to = 0] = [phases.get('downloading'), phases.get('converting')];
      console.log(`${quantisation}: converted in ${((to - from) / 1000).toFixed(1)} s`);
      await deleteStored(target, [], BROWSER_CACHE);
    });
  }
});
