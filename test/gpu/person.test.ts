import { expect, it } from 'vitest';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent } from '../../src/core/types';
import { engineWorker, runOnWorker } from './support/runs';

const worker = engineWorker();

const SETTINGS = { ...DEFAULT_RUN, gamma: 4, maxTokens: 24 };
const PROMPT = 'Tell me a story about a fox.';
/** How long the first question waits for its answer. */
const WAIT_MS = 50;
const tokens = (events: readonly RunEvent[]) => committedTokens(events);
const ids = (events: readonly RunEvent[]) => tokens(events).map(({ id }) => id);

it('judges what a person types token by token, with the target’s own probabilities, and writes what it writes alone', async () => {
  const alone = await runOnWorker(worker, 'draft', PROMPT, { ...SETTINGS, mode: 'plain' });
  const text = tokens(alone).map((token) => token.text);
  // The person knows the text, but says "zebra" for the fourth token from here, and passes every third time.
  const asked: number[] = [];
  let known: RunEvent[] = [];
  const events = await runOnWorker(worker, 'draft', PROMPT, { ...SETTINGS, drafting: 'person', gamma: 'auto' }, [], {
    arrived: (soFar) => {
      known = soFar;
    },
    ask: async ({ most }) => {
      asked.push(most);
      if (asked.length === 1) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      const at = tokens(known).length;
      return asked.length % 3 === 0 ? null : `${text.slice(at, at + 3).join('')} zebra`;
    },
  });
  expect(ids(events)).toEqual(ids(alone));
  const rounds = events.filter((event) => event.type === 'round');
  expect(asked[0]).toBe(16);
  expect(new Set(rounds.map(({ source }) => source))).toEqual(new Set([null, 'person']));
  const [, first] = rounds;
  expect(first?.tokens.slice(0, 4).map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'accepted', 'rejected']);
  expect(first?.tokens.slice(0, 4).map(({ q }) => q)).toEqual([1, 1, 1, 1]);
  // The same row of the same model, with any draft.
  const plainP = tokens(alone).map(({ p }) => p);
  for (const [i, token] of (first?.tokens ?? []).slice(0, 3).entries()) expect(token.p).toBeCloseTo(plainP[i + 1] ?? 0, 5);
  expect(first?.tokens[3]?.p).toBeLessThan(0.5);
  // A timer may be a step of the clock early.
  expect(first?.waitedMs).toBeGreaterThan(WAIT_MS / 2);
  expect(tally(events).tokensPerSecond).toBeNull();
});
