import { beforeAll, describe, expect, it } from 'vitest';
import prompts from '../../bench/prompts.json';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import { shareDevice } from '../../src/gpu/device';
import type { CpuModelFiles } from '../../src/model/cpu/loader';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent } from '../../src/worker/client';
import { loadOnCpu } from './support/cpu';
import { logits } from './support/logits';
import { runOnWorker, shippedModel, shippedPair } from './support/runs';

const PROMPTS = prompts.filter(({ kind }, i) => prompts.slice(0, i).filter((before) => before.kind === kind).length < 3).slice(0, 20);
const never = new AbortController().signal;

beforeAll(() => {
  shareDevice(navigator.gpu);
});

const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

describe('the pair on the CPU', () => {
  it('writes what it writes on the device, id for id, on 20 prompts', async () => {
    const worker = new Worker(new URL('../../src/worker/engine.worker.ts', import.meta.url), { type: 'module' });
    const engine = new PairEngine(new CpuPairs(BROWSER_CACHE), () => performance.now());
    const onCpu = async (prompt: string, settings: RunSettings) => {
      const events: RunEvent[] = [];
      await engine.run(
        { type: 'run', pair: await shippedPair('draft'), turns: [], prompt, settings, calibration: null },
        (update) => {
          if (isRunEvent(update)) events.push(update);
        },
        never,
      );
      return events;
    };
    expect(PROMPTS).toHaveLength(20);
    for (const { prompt } of PROMPTS) {
      const settings = { ...DEFAULT_RUN, gamma: 4, maxTokens: 32, ignoreStopTokens: true } as const;
      const [device, cpu] = [await runOnWorker(worker, 'draft', prompt, settings), await onCpu(prompt, settings)];
      expect(ids(device)).toHaveLength(32);
      expect(ids(cpu), prompt).toEqual(ids(device));
      const [a, b] = [device, cpu].map((events) => events.find((event) => event.type === 'start'));
      expect(b?.promptIds).toEqual(a?.promptIds);
      const text = (events: readonly RunEvent[]) =>
        committedTokens(events)
          .map((token) => token.text)
          .join('');
      expect(text(cpu)).toBe(text(device));
    }
    worker.terminate();
  });

  it.each(['target', 'draft', 'weak-draft'])('has the logits of the device within 1e-4: %s', async (id) => {
    const device: LoadedModel = await loadModel(await shippedModel(id), BROWSER_CACHE, () => undefined, never);
    const cpu: CpuModelFiles = await loadOnCpu(id);
    const { pipeline } = device;
    let worst = 0;
    for (const { prompt } of PROMPTS.slice(0, 7)) {
      const tokens = pipeline.encodeChat(prompt);
      expect(cpu.text.encodeChat(prompt, [])).toEqual(tokens);
      pipeline.truncate(0);
      cpu.forward.truncate(0);
      const expected = cpu.forward.forward(tokens, 'all-rows');
      const actual = await logits(pipeline, tokens, 'all-rows');
      actual.forEach((row, i) => {
        row.forEach((value, token) => {
          worst = Math.max(worst, Math.abs(value - ((expected[i] as Float32Array)[token] as number)));
        });
      });
    }
    expect(worst).toBeLessThan(1e-4);
    await device.unload();
  });
});
