import { MLCEngine } from '@mlc-ai/web-llm';
import { beforeAll, expect, it } from 'vitest';
import type { TargetSpec } from '../../../src/catalog/resolve';
import { openStored, storeModel } from '../../../src/catalog/storedModels';
import { committedTokens, tally } from '../../../src/core/run/tally';
import { DEFAULT_RUN } from '../../../src/core/settings';
import type { RunEvent, RunSettings } from '../../../src/core/types';
import { BROWSER_CACHE } from '../../../src/storage/browserCache';
import { engineWorker, runTarget, shippedTarget } from './runs';

let target: TargetSpec;
let stock: MLCEngine;
const worker = engineWorker();

/** What unmodified web-llm writes: the target alone, its own loop, on a device of its own. */
async function stockIds(prompt: string, tokens: number): Promise<number[]> {
  await stock.resetChat();
  await stock.chat.completions.create({
    messages: [{ role: 'user', content: prompt }],
    temperature: 0,
    max_tokens: tokens,
    ignore_eos: true,
  });
  const { loadedModelIdToPipeline } = stock as unknown as { loadedModelIdToPipeline: Map<string, { outputIds: number[] }> };
  return [...(loadedModelIdToPipeline.get('stock')?.outputIds ?? [])];
}

function run(prompt: string, draft: string, settings: Pick<RunSettings, 'mode' | 'gamma' | 'maxTokens'>): Promise<RunEvent[]> {
  return runTarget(worker, { target, draft }, prompt, { ...DEFAULT_RUN, ...settings, ignoreStopTokens: true });
}

const ids = (events: readonly RunEvent[]) => committedTokens(events).map((token) => token.id);

/**
 * Tests that speculation with every draft of the pair and every γ of `gammas`, and plain decoding, write the ids that
 * web-llm's own chat.completions writes, `tokens` of them, past any stop token.
 *
 * @param of the pair's target, by default the shipped one
 */
export function testLossless(prompts: readonly string[], tokens: number, gammas: readonly number[], of = shippedTarget): void {
  beforeAll(async () => {
    target = await of();
    const { model } = target;
    // Its files are where web-llm looks for them, and its library may be made of another.
    await storeModel(model, BROWSER_CACHE, () => undefined, new AbortController().signal);
    const library = URL.createObjectURL(await openStored(model, BROWSER_CACHE, model.library));
    stock = new MLCEngine({ appConfig: { model_list: [{ model_id: 'stock', model: model.folder, model_lib: library }] } });
    await stock.reload('stock');
    URL.revokeObjectURL(library);
    return () => stock.unload();
  });

  for (const prompt of prompts) {
    it(`writes what web-llm's own chat.completions writes, id for id: ${prompt}`, async () => {
      const expected = await stockIds(prompt, tokens);
      expect(expected).toHaveLength(tokens);
      expect(ids(await run(prompt, 'first', { mode: 'plain', gamma: 1, maxTokens: tokens }))).toEqual(expected);
      for (const { id } of target.drafts.map(({ model }) => model)) {
        for (const gamma of gammas) {
          const events = await run(prompt, id, { mode: 'speculative', gamma, maxTokens: tokens });
          expect(ids(events), `${id}, γ ${gamma}`).toEqual(expected);
          const { drafted, accepted, rejected, discarded, readbacks, rounds } = tally(events);
          expect(drafted).toBe(accepted + rejected + discarded);
          expect(drafted).toBeGreaterThan(0);
          expect(readbacks).toBe(rounds);
        }
      }
    });
  }
}
