import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import type { TargetSpec } from '../../src/catalog/resolve';
import type { ModelSpec } from '../../src/catalog/spec';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings, TokenId } from '../../src/core/types';
import { deviceSource } from '../../src/gpu/device';
import { type LoadedModel, loadModel, twinOf } from '../../src/model/webllm/loader';
import type { ModelPipeline } from '../../src/model/webllm/pipeline';
import { readLogits } from '../../src/model/webllm/readLogits';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { engineWorker, runTarget, shippedTarget } from './support/runs';

const never = new AbortController().signal;
const SMOLLM2 = new URL('/models-smollm2/manifest.json', location.href).href;
/** For a missing file the server answers with a page. */
const isThere = (await fetch(SMOLLM2)).headers.get('content-type')?.includes('json') ?? false;

interface Case {
  readonly name: string;
  readonly target: () => Promise<TargetSpec>;
  readonly prompts: readonly string[];
  /** Of them, how many are answered, and in how many tokens: SmolLM2 is slow on an adapter made of software. */
  readonly answered: number;
  readonly maxTokens: number;
  /** Most that a logit differs from that of a cache in full precision, as a share of the standard deviation of a row's logits. */
  readonly tolerance: number;
  /** Drafts by name; the target itself besides. */
  readonly drafts: readonly string[];
}
const CASES: readonly Case[] = [
  {
    name: 'the embedded pair',
    target: shippedTarget,
    prompts: ['Count from 3 to 9.', 'Tell me a story about a dog.'],
    ...{ answered: 2, maxTokens: 24 },
    tolerance: 1e-2,
    drafts: ['draft', 'weak-draft'],
  },
  {
    name: 'SmolLM2',
    target: async () => (await fetchCatalogue([SMOLLM2], BROWSER_CACHE)).targets[0] as TargetSpec,
    prompts: ['Why is the sky blue?', 'Write a function in Python that adds two numbers.'],
    ...{ answered: 1, maxTokens: 8 },
    tolerance: 3e-2,
    drafts: ['smollm2-head'],
  },
];

const halvedModel = (model: ModelSpec): ModelSpec => ({ ...model, halfCache: true });
const sameBits = (a: Float32Array | undefined, b: Float32Array | undefined) => {
  const [x, y] = [a, b].map((row) => new Uint32Array((row as Float32Array).buffer)) as [Uint32Array, Uint32Array];
  return x.length === y.length && x.every((value, i) => value === y[i]);
};
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

for (const { name, target: find, prompts, answered, maxTokens, tolerance, drafts } of CASES) {
  describe.skipIf(name === 'SmolLM2' && !isThere)(`${name} with caches in half precision`, () => {
    const source = deviceSource(navigator.gpu);
    let target: TargetSpec;
    let full: LoadedModel;
    let half: LoadedModel;
    let tokens: readonly TokenId[];

    beforeAll(async () => {
      target = await find();
      const { device } = await source.open();
      const load = (model: ModelSpec) => loadModel(model, BROWSER_CACHE, () => undefined, never, { device, lend: source.lend });
      full = await load(target.model);
      half = await load(halvedModel(target.model));
      tokens = prompts.flatMap((prompt) => half.pipeline.encodeChat(prompt)).concat(half.pipeline.encode('and so on, '.repeat(30)));
    });
    afterAll(async () => {
      await half?.unload();
      await full?.unload();
    });

    const at = async (pipeline: ModelPipeline, start: number, rows: number) => {
      pipeline.truncate(start);
      await pipeline.fill(tokens.slice(0, start), never);
      return readLogits(pipeline, tokens.slice(start, start + rows), 'all-rows');
    };

    it('takes half the memory for keys and values, also as its own draft', () => {
      const saved = full.pipeline.memory.cache - half.pipeline.memory.cache;
      const rest = half.pipeline.memory.cache - saved;
      // Angles, and where the library keeps them hidden states.
      const states = half.pipeline.hiddenStates?.buffer.size ?? 0;
      expect(saved).toBeGreaterThan(rest - states);
      expect(half.pipeline.memory.weights).toBe(full.pipeline.memory.weights);
      const [one, other] = [twinOf(full), twinOf(half)];
      expect(one.pipeline.memory.cache - other.pipeline.memory.cache).toBe(saved);
      return Promise.all([one.unload(), other.unload()]);
    });

    it('gives the logits of full precision within a tolerance', async () => {
      let worst = 0;
      for (const start of [1, 20, 63, 70, 100]) {
        const [wanted, got] = [await at(full.pipeline, start, 5), await at(half.pipeline, start, 5)];
        for (const [i, row] of wanted.entries()) {
          const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
          const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length);
          worst = Math.max(worst, row.reduce((most, value, id) => Math.max(most, Math.abs(value - (got[i]?.[id] ?? 0))), 0) / deviation);
        }
      }
      console.info(`${name}: logits differ by ${worst.toExponential(2)} standard deviations at most`);
      expect(worst).toBeGreaterThan(0);
      expect(worst).toBeLessThan(tolerance);
    });

    it('gives the same bits from one row and from any number of them, after a rollback too', async () => {
      for (const start of [3, 61]) {
        const single: (Float32Array | undefined)[] = [];
        for (let row = 0; row < 17; row++) single.push((await at(half.pipeline, start + row, 1))[0]);
        for (const rows of [5, 9, 17]) {
          const together = await at(half.pipeline, start, rows);
          expect(together.findIndex((row, i) => !sameBits(row, single[i]))).toBe(-1);
        }
      }
    });

    it('writes with drafts what it writes without, id for id', async () => {
      const worker = engineWorker();
      const halved: TargetSpec = {
        ...target,
        model: halvedModel(target.model),
        drafts: target.drafts.map((draft) => ({ ...draft, model: halvedModel(draft.model) })),
      };
      const settings: RunSettings = { ...DEFAULT_RUN, gamma: 4, maxTokens, ignoreStopTokens: true };
      for (const prompt of prompts.slice(0, answered)) {
        const run = (draft: string, changes: Partial<RunSettings>) =>
          runTarget(worker, { target: halved, draft }, prompt, { ...settings, ...changes });
        const plain = ids(await run(drafts[0] ?? '', { mode: 'plain' }));
        expect(plain).toHaveLength(maxTokens);
        for (const draft of [...drafts, target.model.id]) {
          const events = await run(draft, { mode: 'speculative' });
          expect(ids(events), draft).toEqual(plain);
          expect(tally(events).drafted).toBeGreaterThan(0);
        }
        expect(ids(await run(drafts[0] ?? '', { mode: 'speculative', drafting: 'ngram' }))).toEqual(plain);
      }
    });
  });
}
