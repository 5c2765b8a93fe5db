import { MLCEngine } from '@mlc-ai/web-llm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomLogits } from '../support/random';
import { shippedModel } from './support/runs';

/** What these tests need of web-llm's private pipeline. */
interface Tensor {
  copyFrom(data: Float32Array | Int32Array): Tensor;
  toArray(): Float32Array | Int32Array;
}
type Kernel = (...tensors: Tensor[]) => unknown;
interface Pipeline {
  tvm: {
    beginScope(): void;
    endScope(): void;
    empty(shape: number[], dtype: string, device: unknown): Tensor;
    cpu(): unknown;
  };
  device: { sync(): Promise<void> };
  fsoftmaxWithTemperature: Kernel;
  fargsortProbs: Kernel;
  fsampleWithTopP: Kernel;
  fapplyLogitBias: Kernel;
  fapplyPenalty: Kernel;
  fapplyBitmask: Kernel;
}

let engine: MLCEngine;
let pipeline: Pipeline;
let vocabulary: number;

beforeAll(async () => {
  // The smallest model: the functions are the same in every library.
  const { folder, library, vocabulary: rows } = await shippedModel('draft');
  vocabulary = rows.logits;
  engine = new MLCEngine({ appConfig: { model_list: [{ model_id: 'draft', model: folder, model_lib: library.url }] } });
  await engine.reload('draft');
  pipeline = (engine as unknown as { loadedModelIdToPipeline: Map<string, Pipeline> }).loadedModelIdToPipeline.get('draft') as Pipeline;
});
afterAll(() => engine.unload());

const float = (data: ArrayLike<number>, shape = [data.length]) =>
  pipeline.tvm.empty(shape, 'float32', pipeline.device).copyFrom(Float32Array.from(data));
const int = (data: ArrayLike<number>, shape = [data.length]) =>
  pipeline.tvm.empty(shape, 'int32', pipeline.device).copyFrom(Int32Array.from(data));

/** Runs `work` in a scope and reads back what it returns, each of `length` values. */
async function read(work: () => { tensors: unknown[]; dtypes: ('float32' | 'int32')[]; length: number }): Promise<number[][]> {
  pipeline.tvm.beginScope();
  const { tensors, dtypes, length } = work();
  const host = tensors.map((tensor, i) => {
    const at = pipeline.tvm.empty([length], dtypes[i] as string, pipeline.tvm.cpu());
    const flat = (tensor as { view(shape: number[]): Tensor }).view([length]);
    return (at as unknown as { copyFrom(other: Tensor): Tensor }).copyFrom(flat);
  });
  await pipeline.device.sync();
  const values = host.map((tensor) => Array.from(tensor.toArray()));
  pipeline.tvm.endScope();
  return values;
}

function softmax(logits: number[], temperature: number): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((x) => Math.exp((x - top) / temperature));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((x) => x / total);
}

const softmaxOf = async (logits: number[], temperature: number) => {
  const [values] = await read(() => ({
    tensors: [pipeline.fsoftmaxWithTemperature(float(logits, [1, 1, vocabulary]), float([temperature]))],
    dtypes: ['float32'],
    length: vocabulary,
  }));
  return values as number[];
};
const argsortOf = async (probabilities: number[]) => {
  const [values, ids] = await read(() => {
    const sorted = pipeline.fargsortProbs(float(probabilities, [1, vocabulary])) as { get(i: number): unknown };
    return { tensors: [sorted.get(0), sorted.get(1)], dtypes: ['float32', 'int32'], length: vocabulary };
  });
  return { values: values as number[], ids: ids as number[] };
};
const sampleOf = async (values: number[], ids: number[], uniform: number, topP: number) => {
  const [sampled] = await read(() => ({
    tensors: [
      pipeline.fsampleWithTopP(float(values, [1, vocabulary]), int(ids, [1, vocabulary]), float([uniform]), int([0]), float([topP])),
    ],
    dtypes: ['int32'],
    length: 1,
  }));
  return sampled?.[0];
};

describe('sampling functions of a library', () => {
  it('softmax_with_temperature matches its definition', async () => {
    for (const temperature of [0.3, 1, 2]) {
      const logits = [...randomLogits(vocabulary, 3, 8)];
      const expected = softmax(logits, temperature);
      (await softmaxOf(logits, temperature)).forEach((p, i) => {
        expect(Math.abs(p - (expected[i] as number))).toBeLessThan(1e-6);
      });
    }
  });

  it('softmax_with_temperature at temperature 0 is the argmax, the lowest id among equals', async () => {
    const logits = new Array(vocabulary).fill(0);
    for (const id of [1999, 40, 700]) logits[id] = 7;
    const probabilities = await softmaxOf(logits, 1e-6);
    expect(probabilities.indexOf(1)).toBe(40);
    expect(probabilities.reduce((a, b) => a + b)).toBe(1);
  });

  it('argsort_probs hands every probability on with its id', async () => {
    const probabilities = softmax([...randomLogits(vocabulary, 5, 8)], 1).map(Math.fround);
    const { values, ids } = await argsortOf(probabilities);
    expect(values).toEqual(probabilities);
    expect(ids).toEqual(probabilities.map((_, id) => id));
  });

  it('sample_with_top_p draws from the nucleus of a row in any order, ties included', async () => {
    const probabilities = softmax([...randomLogits(vocabulary, 5, 8)], 0.7).map(Math.fround);
    const ids = probabilities.map((_, id) => id);
    const sorted = [...probabilities].sort((a, b) => b - a);
    for (const topP of [0.1, 0.5, 0.9, 0.999]) {
      const least = sorted.find((_, i) => sorted.slice(0, i + 1).reduce((a, b) => a + b) >= topP) as number;
      const nucleus = ids.filter((id) => (probabilities[id] as number) >= least);
      const total = nucleus.reduce((sum, id) => sum + (probabilities[id] as number), 0);
      for (const uniform of [0, 0.2, 0.5, 0.8, 0.9999]) {
        const upTo = (i: number) => nucleus.slice(0, i + 1).reduce((sum, id) => sum + (probabilities[id] as number), 0);
        const expected = nucleus.findIndex((_, i) => upTo(i) > uniform * total);
        const sampled = nucleus.indexOf((await sampleOf(probabilities, ids, uniform, topP)) as number);
        // One token to the side where the sum, rounded in another order, falls beyond a border.
        expect(Math.abs(sampled - expected)).toBeLessThanOrEqual(sampled >= 0 ? 1 : -1);
      }
    }
  });

  it('sample_with_top_p inverts the distribution within the nucleus', async () => {
    const values = new Array(vocabulary).fill(0);
    [values[0], values[1], values[2], values[3]] = [0.5, 0.25, 0.125, 0.125];
    const ids = Array.from({ length: vocabulary }, (_, i) => vocabulary - 1 - i);
    const place = async (uniform: number, topP: number) => ids.indexOf((await sampleOf(values, ids, uniform, topP)) as number);
    expect(await place(0, 1)).toBe(0);
    expect(await place(0.49, 1)).toBe(0);
    expect(await place(0.51, 1)).toBe(1);
    expect(await place(0.76, 1)).toBe(2);
    expect(await place(0.99999, 1)).toBe(3);
    // A nucleus of 0.75 holds two tokens, of 0.5 one: no draw leaves it.
    expect(await place(0.99999, 0.75)).toBe(1);
    expect(await place(0.6, 0.75)).toBe(0);
    expect(await place(0.99999, 0.5)).toBe(0);
    expect(await place(0.99999, 1e-5)).toBe(0);
  });

  it('apply_logit_bias, apply_penalty and apply_bitmask change the named logits and no other', async () => {
    const logits = [...randomLogits(vocabulary, 21, 8)];
    const [biased] = await read(() => {
      const changed = float(logits, [1, vocabulary]);
      pipeline.fapplyLogitBias(changed, int([0, 0]), int([0, vocabulary - 1]), float([5, -100]));
      return { tensors: [changed], dtypes: ['float32'], length: vocabulary };
    });
    const expectedBias = [...logits];
    expectedBias[0] = Math.fround((logits[0] as number) + 5);
    expectedBias[vocabulary - 1] = Math.fround((logits[vocabulary - 1] as number) - 100);
    expect(biased).toEqual(expectedBias);

    const [punished] = await read(() => {
      const changed = float(logits, [1, vocabulary]);
      pipeline.fapplyPenalty(changed, int([0]), int([0, 0, 0]), int([7, 8, 2000]), int([1, 3, 2]), float([0.5, 0.25, 1.5], [1, 3]));
      return { tensors: [changed], dtypes: ['float32'], length: vocabulary };
    });
    const expectedPenalty = [...logits];
    for (const [id, count] of [
      [7, 1],
      [8, 3],
      [2000, 2],
    ] as const) {
      const x = (logits[id] as number) - (0.5 + count * 0.25);
      expectedPenalty[id] = x > 0 ? x / 1.5 : x * 1.5;
    }
    punished?.forEach((value, id) => {
      expect(value).toBeCloseTo(expectedPenalty[id] as number, 5);
    });

    const allowed = new Set([0, 31, 32, 63, 1000, vocabulary - 1]);
    const mask = new Int32Array(Math.ceil(vocabulary / 32));
    for (const id of allowed) mask[id >> 5] = (mask[id >> 5] as number) | (1 << (id & 31));
    const [masked] = await read(() => {
      const changed = float(logits, [1, vocabulary]);
      pipeline.fapplyBitmask(changed, int([0]), int(mask, [1, mask.length]));
      return { tensors: [changed], dtypes: ['float32'], length: vocabulary };
    });
    masked?.forEach((value, id) => {
      if (allowed.has(id)) expect(value).toBe(logits[id]);
      else expect(value).toBeLessThan(-3.4e38);
    });
  });

  it('serves chat.completions with sampling, penalties, a logit bias, log-probabilities and JSON', async () => {
    const messages = [{ role: 'user' as const, content: 'Count to three.' }];
    const sampled = await engine.chat.completions.create({
      messages,
      max_tokens: 12,
      temperature: 0.9,
      top_p: 0.9,
      seed: 5,
      presence_penalty: 0.4,
      frequency_penalty: 0.2,
      logit_bias: { '5': -100 },
      logprobs: true,
      top_logprobs: 3,
    });
    expect(sampled.choices[0]?.logprobs?.content?.length).toBeGreaterThan(0);
    // With a schema: without one, web-llm 0.2.86 hands its grammar compiler nothing to compile.
    const schema = JSON.stringify({
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' }, city: { enum: ['Rome', 'Paris'] } },
      required: ['name', 'age', 'city'],
    });
    const json = await engine.chat.completions.create({
      messages: [{ role: 'user', content: 'Write as JSON: Anna is 24 years old and comes from Rome.' }],
      max_tokens: 80,
      temperature: 0,
      response_format: { type: 'json_object', schema },
    });
    const value = JSON.parse(json.choices[0]?.message.content ?? '');
    expect(Object.keys(value)).toEqual(['name', 'age', 'city']);
    expect(value.age).toSatisfy(Number.isInteger);
    expect(['Rome', 'Paris']).toContain(value.city);
  });
});
