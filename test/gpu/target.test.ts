import { afterAll, beforeAll, expect, it } from 'vitest';
import { speculate } from '../../src/core/loop/speculate';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import { type Drafter, LIMITS, type RunEvent, type TokenId } from '../../src/core/types';
import { shareDevice } from '../../src/gpu/device';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { Sampler } from '../../src/model/webllm/sampler';
import { ModelTarget } from '../../src/model/webllm/target';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { shippedModel } from './support/runs';

let loaded: LoadedModel;
let target: ModelTarget;

beforeAll(async () => {
  const openDevice = shareDevice(navigator.gpu);
  loaded = await loadModel(await shippedModel('target'), BROWSER_CACHE, () => undefined, new AbortController().signal);
  target = new ModelTarget(loaded.pipeline, await Sampler.create((await openDevice()).device), null, LIMITS.gamma.max);
});
afterAll(async () => {
  target.dispose();
  await loaded.unload();
});

async function run(drafter: Drafter | null, gamma: number, maxTokens: number): Promise<RunEvent[]> {
  const { pipeline } = loaded;
  const events: RunEvent[] = [];
  const settings = { ...DEFAULT_RUN, mode: drafter ? 'speculative' : 'plain', gamma, maxTokens, ignoreStopTokens: true } as const;
  for await (const event of speculate(drafter, target, {
    prompt: 'Count to thirty.',
    promptIds: pipeline.encodeChat('Count to thirty.'),
    settings,
    labels: { target: 'target', draft: null, adapter: '' },
    stopTokens: pipeline.stopTokens,
    detokenizer: pipeline,
    clock: () => performance.now(),
    signal: new AbortController().signal,
    calibration: null,
  })) {
    events.push(event);
  }
  return events;
}

/** Proposes what the target said before, but a wrong id at every place of the output that `isWrong` names; plain ids, as a drafter without a GPU would. */
function prompter(output: readonly TokenId[], promptLength: number, isWrong: (place: number) => boolean): Drafter {
  const { vocabularySize } = loaded.pipeline;
  return {
    async propose(history, { model: gamma }) {
      const first = history.length - promptLength;
      const ids = Array.from({ length: gamma }, (_, i) => {
        const id = output[first + i] ?? 0;
        return isWrong(first + i) ? (id + 1) % vocabularySize : id;
      });
      return { kind: 'ids', source: 'model', length: gamma, ids };
    },
  };
}

it('has the same bits in each row, whatever other rows its forward has', () => {
  expect(target.capabilities).toMatchObject({ exactRows: true, rollsBack: true });
});

it('judges drafts that come as plain ids, of every length, and stays id for id the target’s own', async () => {
  const plain = committedTokens(await run(null, 1, 40)).map((token) => token.id);
  expect(plain).toHaveLength(40);
  const promptLength = loaded.pipeline.encodeChat('Count to thirty.').length;
  for (const gamma of [1, 4, 7, 16]) {
    for (const period of [1, 3, 5, Infinity]) {
      const isWrong = (place: number) => place % period === period - 1;
      const events = await run(prompter(plain, promptLength, isWrong), gamma, 40);
      expect(committedTokens(events).map((token) => token.id)).toEqual(plain);
      for (const event of events) {
        if (event.type !== 'round') continue;
        expect(event.readbacks).toBe(1);
        // Greedy tokens are the most likely, and no draft is more likely.
        const [own] = event.tokens.slice(-1);
        expect(own?.p).toBeGreaterThan(0);
        expect(own?.p).toBeLessThanOrEqual(1);
        for (const { p, verdict } of event.tokens) if (verdict === 'rejected') expect(p).toBeLessThanOrEqual(own?.p ?? Number.NaN);
      }
      if (period === 1) expect(tally(events).accepted).toBe(0);
      if (period === Infinity) expect(tally(events).rejected).toBe(0);
    }
  }
});

it('refuses a drafted id outside the vocabulary', async () => {
  const wild = prompter([], 0, () => false);
  const drafter: Drafter = {
    ...wild,
    propose: async () => ({ kind: 'ids', source: 'model', length: 1, ids: [loaded.pipeline.vocabularySize] }),
  };
  await expect(run(drafter, 1, 4)).rejects.toThrow(/outside the vocabulary/);
});
