import { afterEach, expect, it, vi } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { weightsOf } from '../../src/catalog/spec';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { memoryStorage } from '../../src/storage/memory';
import { SHIPPED_URL, shippedDocument, shippedTarget } from '../support/shipped';

afterEach(() => vi.unstubAllGlobals());

const target = shippedTarget();
const statesOf = weightsOf(target.model);
const [good, weak] = target.drafts;
if (!good || !weak) throw new Error('the shipped target has two drafts');

/** What a list with a head for its first draft offers. */
async function offered(adapter: object | null) {
  const { pair, models } = shippedDocument();
  const list = { format: 2, pairs: [pair], models: { ...models, [good?.model.id ?? '']: { ...models[good?.model.id ?? ''], statesOf } } };
  vi.stubGlobal('fetch', async () => Response.json(list));
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter } });
  const { targets, models: all } = await fetchCatalogue([`${SHIPPED_URL}manifest.json`], memoryStorage());
  return { drafts: targets[0]?.drafts.map(({ model }) => model.id), models: all.map(({ id }) => id) };
}

it('a head is offered where there is WebGPU, and elsewhere the draft behind it comes first', async () => {
  const withIt = await offered({ features: new Set(), info: {} });
  expect(withIt.drafts).toEqual([good.model.id, weak.model.id]);
  const without = await offered(null);
  expect(without.drafts).toEqual([weak.model.id]);
  // It can still be named.
  expect(without.models).toEqual(withIt.models);
});

it('a head is refused by name on the CPU, before anything is fetched', async () => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  const pair = { target: target.model, draft: { ...good.model, name: 'Head', statesOf } };
  await expect(new CpuPairs(memoryStorage()).ready(pair, () => undefined, new AbortController().signal)).rejects.toMatchObject({
    failure: {
      code: 'feature-missing',
      message: 'Head reads the hidden states of its target, which only WebGPU keeps.',
      hint: 'Draft by n-grams, or run on WebGPU.',
    },
  });
  expect(fetched).not.toHaveBeenCalled();
});
