import { afterAll, describe, expect, it } from 'vitest';
import type { ModelSpec, PairSpec } from '../../src/catalog/spec';
import { committedTokens, startOf } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { PairEngine } from '../../src/engine/engine';
import { Pairs } from '../../src/engine/pairs';
import { loadModel } from '../../src/model/webllm/loader';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent } from '../../src/worker/client';
import { type MlcChanges, storedOnMlcLibrary } from '../gpu/support/mlcLibrary';

const PROMPT = 'ab ba ab ba ab';
const PREFIX = [281, 282];
/** A software adapter makes the pipelines of such a library for minutes, and takes long for each pass. */
const TOKENS = 12;

const engine = new PairEngine(new Pairs({ gpu: navigator.gpu, storage: BROWSER_CACHE, backend: 'webgpu' }), () => performance.now());
const never = () => new AbortController().signal;
afterAll(() => engine.unload({ type: 'unload' }, never()));

const stored = (name: string, changes: MlcChanges = {}) => storedOnMlcLibrary(BROWSER_CACHE, name, changes);

async function run(pair: PairSpec, settings: Partial<RunSettings>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const task = {
    ...({ type: 'run', pair, turns: [], prompt: PROMPT, calibration: null } as const),
    settings: { ...DEFAULT_RUN, maxTokens: TOKENS, adaptive: false, gamma: 4, ignoreStopTokens: true, ...settings },
  };
  await engine.run(task, (update) => isRunEvent(update) && events.push(update), never());
  return events;
}

const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);
const accepted = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'round' ? event.tokens : [])).filter(({ verdict }) => verdict === 'accepted').length;

/** What the model wrote plainly, for a library that can do nothing else. */
let plain: readonly number[] = [];

describe('a library as MLC compiles it', () => {
  it('speculates without the race, and is called lossless up to near-ties; prefix tokens and stop strings of its template are there', async () => {
    const target: ModelSpec = await stored('cured', {
      // It takes fewer sequences than tokens, as published libraries do, so batch_prefill verifies.
      library: (text) => text.replace('"max_batch_size": 128', '"max_batch_size": 32 '),
      template: { system_prefix_token_ids: PREFIX, stop_str: ['\n', ''] },
    });
    const pair: PairSpec = { target, draft: 'itself' };
    const plainly = await run(pair, { mode: 'plain' });
    expect(plainly.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
    plain = ids(plainly);
    expect(plain).toHaveLength(TOKENS);
    expect(ids(await run(pair, { mode: 'speculative', drafting: 'ngram' }))).toEqual(plain);
    const byItself = await run(pair, { mode: 'speculative', drafting: 'model' });
    expect(ids(byItself)).toEqual(plain);
    expect(accepted(byItself)).toBeGreaterThan(TOKENS / 2);
    const coupled = { ...DEFAULT_RUN.sampling, temperature: 1, rule: 'coupled', seed: 3 } as const;
    const sampled = ids(await run(pair, { mode: 'plain', sampling: coupled }));
    expect(sampled).not.toEqual(plain);
    expect(ids(await run(pair, { mode: 'speculative', drafting: 'model', sampling: coupled }))).toEqual(sampled);

    const start = startOf(byItself);
    expect(start).toMatchObject({ exact: false });
    expect(start?.promptIds.slice(0, 2)).toEqual(PREFIX);
    expect(startOf(await run(pair, { mode: 'plain', ignoreStopTokens: false }))?.templateStops).toEqual(['\n']);
  });

  it('is refused in words where the device computes several tokens otherwise, as with the race', async () => {
    // By itself web-llm asks for a device of its own, which nobody mends.
    const loading = loadModel(await stored('racing'), BROWSER_CACHE, () => undefined, never());
    await expect(loading).rejects.toMatchObject({
      failure: {
        code: 'library-incompatible',
        message: expect.stringMatching(/^racing cannot be used here: .* The logits differ by up to \d{2,} % of their spread\.$/),
      },
    });
  });

  it('that has no forward for several rows, as of a recurrent model, or a window decodes plainly and is refused for speculation by name', async () => {
    const target = await stored('plain', {
      record: { overrides: { context_window_size: -1, sliding_window_size: 96, max_history_size: 1 } },
      // Their names in the table of functions.
      library: (text) => text.replace('\0batch_verify', '\0batch_verifx').replace('\0batch_prefill:', '\0batch_prefilx:'),
      template: { system_prefix_token_ids: PREFIX },
    });
    expect(target).toMatchObject({ rollsBack: false, context: 96 });
    const pair: PairSpec = { target, draft: null };
    await expect(run(pair, { mode: 'speculative', drafting: 'ngram' })).rejects.toMatchObject({
      failure: { code: 'rollback-missing', message: expect.stringMatching(/^plain cannot take tokens out of its cache/) },
    });
    expect(ids(await run(pair, { mode: 'plain' }))).toEqual(plain);
    // Another prompt begins with an empty cache, the same one once more too.
    expect(ids(await run(pair, { mode: 'plain' }))).toEqual(plain);
  });
});
