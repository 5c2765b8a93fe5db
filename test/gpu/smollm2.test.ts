import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { readLogits } from '../../src/model/webllm/readLogits';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import reference from '../fixtures/smollm2.json';

const LIST = new URL('/models-smollm2/manifest.json', location.href).href;
/** For a missing file the server answers with a page. */
const present = (await fetch(LIST)).headers.get('content-type')?.includes('json') ?? false;
const title = present ? 'SmolLM2' : 'SmolLM2, skipped: public/models-smollm2 is missing, npm run models -- smollm2 makes it';
/** Of the standard deviation of all logits, as in bench/reference.mjs, which makes the fixture. */
const TOLERANCE = 2e-4;

describe.skipIf(!present)(title, () => {
  let model: LoadedModel;
  beforeAll(async () => {
    const { models } = await fetchCatalogue([LIST], BROWSER_CACHE);
    const [spec] = models;
    if (!spec) throw new Error('the list has no model');
    model = await loadModel(spec, BROWSER_CACHE, () => undefined, new AbortController().signal);
  });
  afterAll(() => model?.unload());

  for (const { question, ids, spread, best, logits: wanted, greedy } of reference.prompts) {
    it(`computes what numpy computes from the same file: ${question}`, async () => {
      const { pipeline } = model;
      expect(pipeline.encodeChat(question)).toEqual(ids);
      pipeline.truncate(0);
      let next = ids;
      for (const [i, id] of greedy.entries()) {
        const [row] = await readLogits(pipeline, next, 'last-row');
        if (!row) throw new Error('there are no logits');
        const off = best.map((each, at) => Math.abs((row[each] as number) - (wanted[at] as number)) / spread);
        if (i === 0) expect(Math.max(...off)).toBeLessThan(TOLERANCE);
        next = [row.indexOf(row.reduce((most, value) => Math.max(most, value)))];
        expect(next, `token ${i}`).toEqual([id]);
      }
    });
  }
});
