import { describe, expect, it } from 'vitest';
import { outputText } from '../../src/core/loop/text';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { ResponseFormat, RunEvent, RunSettings } from '../../src/core/types';
import { engineWorker, runOnWorker } from './support/runs';

const PROMPT = 'Write a JSON record for this sentence: Mia is 34 years old and lives in Oslo.';
const STORY = 'Tell me a story about a fox.';
const SCHEMA = JSON.stringify({
  type: 'object',
  properties: { age: { type: 'integer', minimum: 1, maximum: 99 }, kind: { enum: ['red', 'blue'] } },
  required: ['age', 'kind'],
});
/** All that the schema lets through, except white space, which is bounded. */
const RECORDS = Array.from({ length: 99 }, (_, i) => ['red', 'blue'].map((kind) => JSON.stringify({ age: i + 1, kind }))).flat();
/** A record without room for white space, so that it ends whatever a model prefers. */
const RECORD = `root ::= "{\\"who\\":\\"" [a-z]{1,8} "\\",\\"age\\":" [1-9] [0-9]? "}"`;
const worker = engineWorker();

const run = (prompt: string, format: ResponseFormat, settings: Partial<RunSettings> = {}) =>
  runOnWorker(worker, 'draft', prompt, { ...DEFAULT_RUN, gamma: 4, maxTokens: 96, format, ...settings });
const stopped = (events: readonly RunEvent[]) => events.some((event) => event.type === 'end' && event.reason === 'stop');
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

describe('a response format', () => {
  it('holds at any temperature and with every draft, and the target writes the same with and without them', async () => {
    for (const sampling of [{ ...DEFAULT_RUN.sampling }, { ...DEFAULT_RUN.sampling, temperature: 1, seed: 3, rule: 'coupled' as const }]) {
      for (const format of [
        { type: 'json', schema: SCHEMA },
        { type: 'grammar', grammar: RECORD },
      ] satisfies ResponseFormat[]) {
        const plain = await run(STORY, format, { mode: 'plain', sampling });
        for (const drafting of ['model', 'ngram', 'mixed'] as const) {
          expect(ids(await run(STORY, format, { drafting, sampling })), drafting).toEqual(ids(plain));
        }
        if (format.type === 'grammar') expect(outputText(plain)).toMatch(/^\{"who":"[a-z]{1,8}","age":[1-9][0-9]?\}$/);
        else expect(RECORDS).toContain(outputText(plain).replace(/\s/g, ''));
        expect(stopped(plain)).toBe(true);
      }
    }
  });

  it('costs a second readback in rounds that draft with the model, and none elsewhere', async () => {
    const format: ResponseFormat = { type: 'json', schema: null };
    const events = await run(PROMPT, format);
    expect(stopped(events)).toBe(true);
    expect(JSON.parse(outputText(events))).toBeTypeOf('object');
    const rounds = events.filter((event) => event.type === 'round');
    for (const { readbacks, source } of rounds) expect(readbacks).toBe(source === 'model' ? 2 : 1);
    expect(tally(events).accepted).toBeGreaterThan(0);
    for (const { readbacks } of (await run(PROMPT, format, { drafting: 'ngram' })).filter((event) => event.type === 'round')) {
      expect(readbacks).toBe(1);
    }
  });

  it('may be any grammar, and its drafts that break it are rejected with p 0', async () => {
    const events = await run(STORY, { type: 'grammar', grammar: 'root ::= "yes, " ("yes, ")* "no."' });
    const sentences = Array.from({ length: 100 }, (_, times) => `${'yes, '.repeat(times)}no.`);
    expect(sentences.some((sentence) => sentence.startsWith(outputText(events)))).toBe(true);
    const rejected = events.flatMap((event) =>
      event.type === 'round' ? event.tokens.filter(({ verdict }) => verdict === 'rejected') : [],
    );
    expect(rejected.length).toBeGreaterThan(0);
    for (const { p } of rejected) expect(p).toBe(0);
  });

  it('of JSON ends, whatever the model would rather write', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { married: { type: 'boolean' } }, required: ['married'] });
    const prompt = 'Write a JSON record for this sentence: Ana is 51 years old and lives in Rome.';
    for (const mode of ['plain', 'speculative'] as const) {
      const events = await run(prompt, { type: 'json', schema }, { mode, maxTokens: 600 });
      expect(stopped(events)).toBe(true);
      expect(typeof JSON.parse(outputText(events)).married).toBe('boolean');
    }
  });

  it('may name what it likes: quotation marks, backslashes, controls, no letter at all', async () => {
    const names = ['a"b', 'back\\slash', 'line\nend', '', 'é😀'];
    const schema = JSON.stringify({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])),
      required: names,
    });
    const events = await run(STORY, { type: 'json', schema });
    expect(stopped(events)).toBe(true);
    expect(Object.keys(JSON.parse(outputText(events)))).toEqual(names);
  });
});
