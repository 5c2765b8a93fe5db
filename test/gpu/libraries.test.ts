import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../src/catalog/spec';
import { shareDevice } from '../../src/gpu/device';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import type { ModelPipeline } from '../../src/model/webllm/pipeline';
import { readLogits } from '../../src/model/webllm/readLogits';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { randomNumbers } from '../support/random';
import { loadOnCpu } from './support/cpu';
import { shippedModel } from './support/runs';

const never = new AbortController().signal;

beforeAll(() => {
  shareDevice(navigator.gpu);
});

/** Ids that are the same in every run. */
function someIds(length: number, vocabulary: number): number[] {
  const draw = randomNumbers(12345);
  return Array.from({ length }, () => Math.floor(draw() * vocabulary));
}

const bits = (row: Float32Array | undefined) => new Uint32Array((row as Float32Array).buffer);
const sameBits = (a: Float32Array | undefined, b: Float32Array | undefined) => {
  const [x, y] = [bits(a), bits(b)];
  return x.length === y.length && x.every((value, i) => value === y[i]);
};

for (const id of ['target', 'draft', 'weak-draft']) {
  describe(`library and weights of ${id}`, () => {
    let spec: ModelSpec;
    let loaded: LoadedModel;
    let model: ModelPipeline;
    let context: number;
    let ids: number[];

    beforeAll(async () => {
      spec = await shippedModel(id);
      loaded = await loadModel(spec, BROWSER_CACHE, () => undefined, never);
      model = loaded.pipeline;
      context = model.contextLength;
      ids = someIds(context, model.vocabularySize);
      return () => loaded.unload();
    });

    /** Leaves exactly the first `length` of `ids` in the cache. */
    const fillTo = async (length: number) => {
      model.truncate(length);
      await model.fill(ids.slice(0, length), never);
      expect(model.cachedLength).toBe(length);
    };
    const decodeAt = async (position: number) => {
      await fillTo(position);
      return (await readLogits(model, [ids[position] as number], 'all-rows'))[0];
    };

    it('agrees with an independent forward of the same weights, at every boundary', async () => {
      const { forward: reference } = await loadOnCpu(id);
      expect(reference.vocabularySize).toBe(model.vocabularySize);
      model.reset();
      for (const position of [0, 1, 2, 15, 16, 17, 63, 64, 65, 128, 255, 256, 257, 512, context - 1]) {
        const [expected = new Float32Array()] = reference.forward(ids.slice(reference.length, position + 1), 'last-row');
        const actual = (await decodeAt(position)) as Float32Array;
        const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        // Single precision against double: 1e-6 of the largest logit as a rule, 1.2e-5 where ids at random leave a layer ill-conditioned.
        expect(worst / largest, `position ${position}`).toBeLessThan(3e-5);
      }
    });

    it('gives the same bits from decode and from a verification of any number of rows', async () => {
      for (const start of [0, 47, 63, 239, 256, context - 17]) {
        const single: (Float32Array | undefined)[] = [];
        for (let row = 0; row < 17; row++) single.push(await decodeAt(start + row));
        for (let rows = 2; rows <= 17; rows++) {
          await fillTo(start);
          const together = await readLogits(model, ids.slice(start, start + rows), 'all-rows');
          const different = together.findIndex((row, i) => !sameBits(row, single[i]));
          expect(different, `row of ${rows} from position ${start} that differs from its decode`).toBe(-1);
        }
      }
    });

    it('gives the same bits from a prefill in any chunks', async () => {
      for (const [length, chunks] of [
        [2, [256]],
        [65, [64, 63, 17, 1]],
        [257, [256, 255, 100]],
        [300, [256, 257 - 64]],
      ] as const) {
        const expected = await decodeAt(length - 1);
        for (const chunk of chunks) {
          model.truncate(0);
          let last: Float32Array | undefined;
          for (let at = 0; at < length; at += chunk)
            [last] = await readLogits(model, ids.slice(at, Math.min(at + chunk, length)), 'last-row');
          expect(sameBits(last, expected), `${length} tokens in chunks of ${chunk}`).toBe(true);
        }
      }
    });

    it('gives the same bits on every library that this adapter can run', async ({ skip }) => {
      const { library: chosen, libraries } = spec;
      const others = libraries.filter(
        ({ name, needs }) => name !== chosen.name && needs.every((need) => model.device.features.has(need as GPUFeatureName)),
      );
      if (others.length === 0) skip('this adapter can run one library alone');
      expect(others.at(-1)?.needs, 'the library that needs nothing').toEqual([]);
      const logitsOf = async (pipeline: ModelPipeline) => {
        const all: Float32Array[] = [];
        for (const start of [60, 768]) {
          pipeline.truncate(0);
          await pipeline.fill(ids.slice(0, start), never);
          for (const rows of [1, 2, 4, 5, 6, 9, 10, 17]) {
            pipeline.truncate(start);
            all.push(...(await readLogits(pipeline, ids.slice(start, start + rows), 'all-rows')));
          }
        }
        return all;
      };
      const expected = await logitsOf(model);
      for (const library of others) {
        const other = await loadModel({ ...spec, library }, BROWSER_CACHE, () => undefined, never);
        const different = (await logitsOf(other.pipeline)).findIndex((row, i) => !sameBits(row, expected[i]));
        await other.unload();
        expect(different, `row of logits from ${library.name} that differs from ${chosen.name}`).toBe(-1);
      }
    });

    it('forgets what was truncated', async () => {
      for (const [start, rows, kept] of [
        [10, 9, 0],
        [60, 9, 4],
        [250, 17, 8],
      ] as const) {
        const expected = await decodeAt(start + kept);
        await fillTo(start);
        await readLogits(model, [...ids.slice(start, start + kept), ...ids.slice(0, rows - kept)], 'all-rows');
        model.truncate(start + kept);
        expect(sameBits((await readLogits(model, [ids[start + kept] as number], 'all-rows'))[0], expected)).toBe(true);
      }
    });

    it('fills the context to its end and refuses one token more, unharmed', async () => {
      await fillTo(context - 4);
      await readLogits(model, ids.slice(-4), 'all-rows');
      expect(model.cachedLength).toBe(context);
      expect(() => {
        model.write([1]);
        model.scoped(() => model.forward(1, 'all-rows'));
      }).toThrow();
      const expected = await decodeAt(20);
      model.truncate(0);
      await model.fill(ids.slice(0, 20), never);
      expect(sameBits((await readLogits(model, ids.slice(20, 21), 'all-rows'))[0], expected)).toBe(true);
    });

    it('refuses ids outside the vocabulary before the device sees them', () => {
      for (const outside of [-1, model.vocabularySize, 1.5, NaN]) expect(() => model.write([0, outside])).toThrow(/outside the vocabulary/);
    });
  });
}
