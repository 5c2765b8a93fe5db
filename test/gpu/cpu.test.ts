import { beforeAll, describe, expect, it } from 'vitest';
import { shareDevice } from '../../src/gpu/device';
import type { CpuModelFiles } from '../../src/model/cpu/loader';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { readLogits } from '../../src/model/webllm/readLogits';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { promptsOfEveryKind } from '../support/benchPrompts';
import { loadOnCpu } from './support/cpu';
import { testCpuIds } from './support/cpuIds';
import { shippedModel } from './support/runs';

const PROMPTS = promptsOfEveryKind(1);
const MODELS = (['plain', 'wasm'] as const).flatMap((form) => ['target', 'draft', 'weak-draft'].map((id) => ({ id, form })));
const never = new AbortController().signal;

beforeAll(() => {
  shareDevice(navigator.gpu);
});

describe('the pair on the CPU', () => {
  testCpuIds(PROMPTS);

  it.each(MODELS)('has the logits of the device within 1e-4: $id, $form', async ({ id, form }) => {
    const device: LoadedModel = await loadModel(await shippedModel(id), BROWSER_CACHE, () => undefined, never);
    const cpu: CpuModelFiles = await loadOnCpu(id, form);
    expect(cpu.form).toBe(form);
    const { pipeline } = device;
    let worst = 0;
    for (const prompt of PROMPTS) {
      const tokens = pipeline.encodeChat(prompt);
      expect(cpu.text.encodeChat(prompt, [])).toEqual(tokens);
      pipeline.truncate(0);
      cpu.forward.truncate(0);
      const expected = cpu.forward.forward(tokens, 'all-rows');
      const actual = await readLogits(pipeline, tokens, 'all-rows');
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
