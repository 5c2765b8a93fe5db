import { expect, it, vi } from 'vitest';
import { toFailure } from '../../src/core/failure';
import { DEFAULT_RUN } from '../../src/core/settings';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import type { ModelText, PairLoader } from '../../src/engine/pair';
import type { RunTask } from '../../src/engine/tasks';
import { runUpdates } from '../../src/engine/updates';
import { memoryStorage } from '../../src/storage/memory';
import { fetchShipped } from '../support/cpuApi';
import { shippedPair } from '../support/shipped';

const never = new AbortController().signal;

/** The shipped pair; `tokenized` hears of each text that is tokenized, in characters. */
function pairs(tokenized: (characters: number) => void): PairLoader {
  const all = new CpuPairs(memoryStorage());
  return {
    release: (model) => all.release(model),
    unload: () => all.unload(),
    ready: async (spec, report, signal) => {
      const pair = await all.ready(spec, report, signal);
      const { side, text } = pair.target;
      const heard: ModelText = {
        ...{ stopTokens: text.stopTokens, stopStrings: text.stopStrings, decode: (ids) => text.decode(ids) },
        encode: (given) => {
          tokenized(given.length);
          return text.encode(given);
        },
        encodeChat: (question, turns, system) => {
          tokenized(question.length);
          return text.encodeChat(question, turns, system);
        },
      };
      return { ...pair, target: { side, text: heard } };
    },
  };
}

/** What the run fails with, before or after its start. */
async function codeOf(engine: PairEngine, task: RunTask): Promise<string | null> {
  try {
    for await (const update of runUpdates(engine, task, never)) {
      if (update.type === 'end' && update.reason === 'failed') return update.failure.code;
    }
    return null;
  } catch (thrown) {
    return toFailure(thrown).code;
  }
}

/** What `changes` make of a run, and how many characters were tokenized for it. */
async function asked(changes: { prompt?: string; raw?: boolean; begun?: string; turns?: { question: string; answer: string }[] }) {
  vi.stubGlobal('fetch', fetchShipped);
  let characters = 0;
  const engine = new PairEngine(
    pairs((count) => {
      characters += count;
    }),
    () => performance.now(),
  );
  const settings = { ...DEFAULT_RUN, mode: 'plain' as const, maxTokens: 1 };
  const task = { type: 'run', pair: shippedPair('draft'), prompt: 'Count.', turns: [], settings, calibration: null, ...changes } as const;
  const code = await codeOf(engine, task);
  return { code, characters };
}

it.each([
  ['a prompt', { prompt: 'word '.repeat(180_000) }],
  ['a text to go on from', { prompt: 'word '.repeat(180_000), raw: true }],
  ['an earlier turn', { turns: [{ question: 'Why?', answer: 'word '.repeat(180_000) }] }],
  ['a begun answer', { begun: 'word '.repeat(180_000) }],
])('refuses %s that no tokens could make fit, before it is tokenized', async (_, changes) => {
  expect(await asked(changes)).toEqual({ code: 'prompt-too-long', characters: 0 });
});

it('tokenizes what might fit, and counts its tokens', async () => {
  const prompt = 'word '.repeat(3200);
  expect(await asked({ prompt, raw: true })).toEqual({ code: 'prompt-too-long', characters: prompt.length });
});
