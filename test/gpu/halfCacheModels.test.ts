import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { pairOf } from '../../src/catalog/pairing';
import type { TargetSpec } from '../../src/catalog/resolve';
import { fileOf, type ModelSpec } from '../../src/catalog/spec';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings, TokenId } from '../../src/core/types';
import { PairEngine } from '../../src/engine/engine';
import { WebGpuPairs } from '../../src/engine/webgpuPairs';
import { loadCpuModel } from '../../src/model/cpu/loader';
import type { Forward } from '../../src/model/cpu/port';
import { twinOf } from '../../src/model/webllm/loader';
import type { ModelPipeline } from '../../src/model/webllm/pipeline';
import { readLogits } from '../../src/model/webllm/readLogits';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent } from '../../src/worker/client';
import { shippedTarget } from './support/runs';

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
  /** Tokens before the rows whose logits, and before those whose bits, are compared: kernels attend to 64 positions at a time, and keys lie in fours. */
  readonly logitsAt: readonly number[];
  readonly bitsAt: readonly number[];
  /** Most rows of which the bits are compared. */
  readonly most: number;
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
    ...{ answered: 2, maxTokens: 24, logitsAt: [1, 20, 63, 70, 100], bitsAt: [3, 61], most: 17 },
    tolerance: 1e-2,
    drafts: ['draft', 'weak-draft'],
  },
  {
    name: 'SmolLM2',
    target: async () => (await fetchCatalogue([SMOLLM2], BROWSER_CACHE)).targets[0] as TargetSpec,
    prompts: ['Why is the sky blue?', 'Write a function in Python that adds two numbers.'],
    ...{ answered: 1, maxTokens: 6, logitsAt: [1, 70], bitsAt: [61], most: 9 },
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

for (const { name, target: find, prompts, answered, maxTokens, logitsAt, bitsAt, most, tolerance, drafts } of CASES) {
  describe.skipIf(name === 'SmolLM2' && !isThere)(`${name} with caches in half precision`, () => {
    const pairs = new WebGpuPairs({ gpu: navigator.gpu, storage: BROWSER_CACHE });
    let target: TargetSpec;
    /** What the logits are in full precision: computed from the same files on the CPU, which is quicker than an adapter made of software. */
    let full: Forward;
    /** Of the pairs, so that what is compared here is what answers. */
    let half: ModelPipeline;
    /** Buffers of the device. */
    const made = vi.spyOn(GPUDevice.prototype, 'createBuffer');
    let tokens: readonly TokenId[];

    beforeAll(async () => {
      made.mockClear();
      target = await find();
      full = (await loadCpuModel(target.model, BROWSER_CACHE, () => undefined, never, { form: 'wasm' })).forward;
      const pair = await pairs.ready({ target: halvedModel(target.model), draft: null }, () => undefined, never);
      half = pair.target.text as ModelPipeline;
      tokens = prompts.flatMap((prompt) => half.encodeChat(prompt)).concat(half.encode('and so on, '.repeat(30)));
    });
    afterAll(async () => {
      await pairs.unload();
    });

    const fullAt = (start: number, rows: number) => {
      full.truncate(0);
      if (start > 0) full.forward(tokens.slice(0, start), 'last-row');
      return full.forward(tokens.slice(start, start + rows), 'all-rows');
    };
    const at = async (pipeline: ModelPipeline, start: number, rows: number) => {
      pipeline.truncate(start);
      await pipeline.fill(tokens.slice(0, start), never);
      return readLogits(pipeline, tokens.slice(start, start + rows), 'all-rows');
    };

    it('takes half the memory for keys and values, also as its own draft', async () => {
      const config = await fetch(fileOf(target.model, 'mlc-chat-config.json')?.place ?? '');
      const { num_hidden_layers: layers, num_key_value_heads: kvHeads, head_dim: dim } = (await config.json()).model_config;
      const layerBytes = 2 * kvHeads * dim * target.model.context * Float32Array.BYTES_PER_ELEMENT;
      const count = (size: number) => made.mock.calls.filter(([descriptor]) => descriptor.size === size).length;
      expect([count(layerBytes), count(layerBytes / 2)]).toEqual([0, layers]);
      const { pipeline } = twinOf({ pipeline: half, unload: async () => undefined });
      expect([count(layerBytes), count(layerBytes / 2)]).toEqual([0, 2 * layers]);
      // Beside them: angles, and where the library keeps them hidden states.
      for (const { memory } of [half, pipeline]) expect(memory.cache - (layers * layerBytes) / 2).toBeLessThan((layers * layerBytes) / 8);
      pipeline.dispose();
    });

    it('gives the logits of full precision within a tolerance', async () => {
      let worst = 0;
      for (const start of logitsAt) {
        const [wanted, got] = [fullAt(start, 5), await at(half, start, 5)];
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
      for (const start of bitsAt) {
        const single: (Float32Array | undefined)[] = [];
        for (let row = 0; row < most; row++) single.push((await at(half, start + row, 1))[0]);
        for (const rows of [5, 9, 17].filter((each) => each <= most)) {
          const together = await at(half, start, rows);
          expect(together.findIndex((row, i) => !sameBits(row, single[i]))).toBe(-1);
        }
      }
    });

    it('writes with drafts what it writes without, id for id', async () => {
      const engine = new PairEngine(pairs, () => performance.now());
      const halved: TargetSpec = {
        ...target,
        model: halvedModel(target.model),
        drafts: target.drafts.map((draft) => ({ ...draft, model: halvedModel(draft.model) })),
      };
      const settings: RunSettings = { ...DEFAULT_RUN, gamma: 4, maxTokens, ignoreStopTokens: true };
      for (const prompt of prompts.slice(0, answered)) {
        const run = async (draft: string, changes: Partial<RunSettings>) => {
          const events: RunEvent[] = [];
          const drafting = changes.mode === 'speculative' && changes.drafting !== 'ngram' ? draft : null;
          const task = {
            pair: pairOf(halved, drafting),
            turns: [],
            prompt,
            raw: true,
            settings: { ...settings, ...changes },
            calibration: null,
          };
          await engine.run({ type: 'run', ...task }, (update) => isRunEvent(update) && events.push(update), never);
          return events;
        };
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
