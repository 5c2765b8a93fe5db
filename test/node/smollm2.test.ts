import fs from 'node:fs';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/install.mjs';
import { type RunningServer, startServer } from './support/command';

const hasModel = fs.existsSync(path.join(root, 'public/models-smollm2/manifest.json'));

/** What a person asks a real model for in a form that a program reads, with what must hold of the answer. "npm run models -- smollm2" makes the model. */
const ASKED = [
  {
    what: 'an object of a schema',
    prompt: 'Anna is 31 and lives in Rome. Extract name, age and city.',
    format: schemaOf({
      type: 'object',
      properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer' }, city: { enum: ['Paris', 'Rome', 'Berlin'] } },
      required: ['name', 'age', 'city'],
      additionalProperties: false,
    }),
    fits: (value: unknown) => JSON.stringify(Object.keys(value as object)) === '["name","age","city"]',
  },
  {
    what: 'a list of a schema',
    prompt: 'Name three colours of the rainbow.',
    format: schemaOf({ type: 'array', items: { type: 'string', maxLength: 12 }, minItems: 3, maxItems: 3 }),
    fits: (value: unknown) => Array.isArray(value) && value.length === 3,
  },
] as const;

function schemaOf(schema: Record<string, unknown>) {
  return { type: 'json_schema', json_schema: { name: 'answer', schema } } as const;
}

describe.skipIf(!hasModel)('SmolLM2 on a server without a graphics card', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('cpu', {}, ['--target', 'smollm2', '--draft', 'ngram']);
  });
  afterAll(() => server.command[Symbol.asyncDispose]());

  it.each(ASKED)('writes $what, and by n-grams what it writes plainly, greedily and sampled', async ({ prompt, format, fits }) => {
    const client = new OpenAI({ baseURL: `${server.address}/v1`, apiKey: 'none' });
    let drafted = 0;
    for (const temperature of [0, 1]) {
      const ask = async (speculative: boolean) => {
        const { choices, usage } = await client.chat.completions.create({
          ...{ model: 'smollm2', messages: [{ role: 'user', content: prompt }], response_format: format, max_tokens: 100 },
          ...{ temperature, seed: 7, speculative, num_speculative_tokens: 4 },
        } as OpenAI.ChatCompletionCreateParamsNonStreaming);
        drafted += (usage as unknown as { extra: { num_draft_tokens: number } }).extra.num_draft_tokens;
        return choices[0];
      };
      const plain = await ask(false);
      expect(plain?.finish_reason).toBe('stop');
      expect(JSON.parse(plain?.message.content ?? '')).toSatisfy(fits);
      expect((await ask(true))?.message.content).toBe(plain?.message.content);
    }
    expect(drafted).toBeGreaterThan(0);
  });
});
