import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { startServer } from './support/command';
import { countOf, expectedOf, type Outcome, references, request } from './support/mixedLoad';

it('mixed requests, one after the other and together, are each answered with what is theirs', async () => {
  const { command, address } = await startServer();
  await using _ = command;
  const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: 'none', maxRetries: 0 });
  const texts = await references(client);
  expect(new Set(texts).size).toBe(texts.length);
  const outcomes: Outcome[] = [];
  for (let index = 0; index < 16; index++) outcomes.push(await request(client, index, texts));
  expect(countOf(outcomes)).toEqual(expectedOf(16));
  const together = await Promise.all(Array.from({ length: 10 }, (_each, index) => request(client, index, texts)));
  expect(countOf(together)).toEqual(expectedOf(10));
});
