import { beforeAll, describe, expect, it } from 'vitest';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { ResponseFormat, RunEvent, RunSettings } from '../../src/core/types';
import type { Turn } from '../../src/engine/tasks';
import { engineWorker, runOnWorker } from './support/runs';

const PROMPT = 'Count from 3 to 9.';
const SETTINGS: RunSettings = { ...DEFAULT_RUN, gamma: 4, maxTokens: 12 };
const worker = engineWorker();
let good: number[];

const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

beforeAll(async () => {
  good = ids(await runOnWorker(worker, 'draft', PROMPT, SETTINGS));
});

const format = (text: string): Partial<RunSettings> => ({ format: { type: 'grammar', grammar: text } });
const schema = (text: string): Partial<RunSettings> => ({ format: { type: 'json', schema: text } });
const sampling = (changes: object): Partial<RunSettings> => ({ sampling: { ...GREEDY, ...changes } });

interface Refused {
  readonly what: string;
  readonly settings?: Partial<RunSettings>;
  readonly prompt?: string;
  readonly turns?: readonly Turn[];
  readonly code?: string;
}

const REFUSED: readonly Refused[] = [
  { what: 'a schema with an invalid type', settings: schema('{"type": 7}') },
  { what: 'a schema that is not JSON', settings: schema('{"type"') },
  { what: 'a keyword that would not be enforced', settings: schema('{"type": "integer", "multipleOf": 7}') },
  { what: 'a schema that no value fits', settings: schema('false') },
  { what: 'an invalid grammar', settings: format('root :=') },
  { what: 'a grammar that leads nowhere', settings: format('root ::= root') },
  { what: 'a grammar with half of a character', settings: format('root ::= "\ud800"') },
  { what: 'a format of no kind', settings: { format: { type: 'xml' } as unknown as ResponseFormat } },
  { what: 'an empty stop string', settings: { stopStrings: [''] } },
  { what: 'no draft length', settings: { gamma: Number.NaN } },
  { what: 'too long a draft', settings: { gamma: 17 } },
  { what: 'a list of no draft lengths', settings: { gamma: [] } },
  { what: 'a list with too long a draft', settings: { gamma: [{ model: 17, ngram: 0 }] } },
  { what: 'no tokens at all', settings: { maxTokens: 0 } },
  { what: 'endless tokens', settings: { maxTokens: Number.POSITIVE_INFINITY } },
  { what: 'a confidence of 1', settings: { confidence: 1 } },
  { what: 'a temperature below 0', settings: sampling({ temperature: -1 }) },
  { what: 'a temperature that is not a number', settings: sampling({ temperature: Number.NaN }) },
  { what: 'a seed below 0', settings: sampling({ seed: -1 }) },
  { what: 'a seed of more than 64 bits', settings: sampling({ seed: 2n ** 64n }) },
  { what: 'a bias beyond the vocabulary', settings: sampling({ logitBias: { 99999: 1 } }) },
  { what: 'a bias that is not a number', settings: sampling({ logitBias: { 1: Number.NaN } }) },
  { what: 'an empty prompt', prompt: ' \n', code: 'prompt-empty' },
  { what: 'a prompt longer than the context', prompt: 'word '.repeat(3000), code: 'prompt-too-long' },
  { what: 'a turn outside the vocabulary', turns: [{ question: 'Why?', answer: 'x', ids: [99_999] }], code: 'token-outside-vocabulary' },
];

/** Why a run failed, whether it was told by an exception or by the run's end. */
async function failureOf({ settings = {}, prompt = PROMPT, turns = [] }: Refused): Promise<{ code: string; message: string } | null> {
  try {
    const events = await runOnWorker(worker, 'draft', prompt, { ...SETTINGS, ...settings }, turns);
    expect(events.some(({ type }) => type === 'round')).toBe(false);
    const end = events.at(-1);
    return end?.type === 'end' && end.reason === 'failed' ? end.failure : null;
  } catch (error) {
    return (error as { failure: { code: string; message: string } }).failure;
  }
}

describe('what is refused', () => {
  it.each(REFUSED)('$what: twice alike, and what is good runs between and after', async (refused) => {
    const first = await failureOf(refused);
    expect(first).toMatchObject({ code: refused.code ?? 'invalid-setting' });
    expect(first?.message).not.toMatch(/unexpected|abort/i);
    expect(ids(await runOnWorker(worker, 'draft', PROMPT, SETTINGS))).toEqual(good);
    expect(await failureOf(refused)).toEqual(first);
    expect(ids(await runOnWorker(worker, 'draft', PROMPT, SETTINGS))).toEqual(good);
  });

  it('runs where it is odd but good: halves of characters in a prompt and a stop string', async () => {
    for (let times = 0; times < 2; times++) {
      const events = await runOnWorker(worker, 'draft', 'Count \ud800 from 3 to 9.', { ...SETTINGS, stopStrings: ['\udc00'] });
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: expect.stringMatching(/stop|length/) });
    }
    expect(ids(await runOnWorker(worker, 'draft', PROMPT, SETTINGS))).toEqual(good);
  });
});
