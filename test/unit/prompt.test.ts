import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { speculate } from '../../src/core/loop/speculate';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { TokenId } from '../../src/core/types';
import { FakeDrafter, FakeTarget } from '../../src/model/fake';

const language = { vocabularySize: 50, order: 2, seed: 7 };

/** What `speculate` says before anything has reached a model whose draft knows 40 tokens and holds 20. */
async function failureOn(promptIds: readonly TokenId[]) {
  const target = new FakeTarget(language, 30);
  const drafter = new FakeDrafter({ ...language, vocabularySize: 40 }, 20, 1);
  const events = speculate(drafter, target, {
    prompt: 'any',
    promptIds,
    settings: { ...DEFAULT_RUN, gamma: 2, maxTokens: 1, ignoreStopTokens: true },
    labels: { target: 't', draft: 'd', adapter: 'a' },
    calibration: null,
    stopTokens: new Set(),
    detokenizer: { decode: () => '' },
    clock: () => 0,
    signal: { aborted: false },
  });
  const thrown = await events.next().then(
    () => null,
    (error: unknown) => error,
  );
  expect([target.cachedLength, drafter.cachedLength]).toEqual([0, 0]);
  return thrown instanceof FailureError ? thrown.failure : thrown;
}

describe('a prompt', () => {
  it('must not be empty', async () => {
    expect(await failureOn([])).toMatchObject({ code: 'prompt-empty' });
  });

  it('must fit the shorter context', async () => {
    expect(await failureOn(Array(20).fill(1))).toBeNull();
    expect(await failureOn(Array(21).fill(1))).toMatchObject({
      code: 'prompt-too-long',
      message: 'The prompt has 21 tokens; these models hold 20.',
    });
  });

  it('must stay within the smaller vocabulary', async () => {
    expect(await failureOn([39])).toBeNull();
    for (const id of [40, -1, 0.5, Number.NaN]) expect(await failureOn([1, id])).toMatchObject({ code: 'token-outside-vocabulary' });
  });
});
