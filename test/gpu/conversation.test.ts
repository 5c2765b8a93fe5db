import { expect, it } from 'vitest';
import { outputText } from '../../src/core/loop/text';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent } from '../../src/core/types';
import { sendToWorker } from '../../src/worker/client';
import { engineWorker, runOnWorker, shippedPair } from './support/runs';

const worker = engineWorker();

const SETTINGS = { ...DEFAULT_RUN, gamma: 4, maxTokens: 24 };
const FIRST = 'Tell me a story about a fox.';
const SECOND = 'Count from 3 to 9.';
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);
const reused = (events: readonly RunEvent[]) => events.find((event) => event.type === 'prefill')?.reused;

it('keeps the shared beginning of a conversation in both caches, and writes what it writes without', async () => {
  const first = await runOnWorker(worker, 'draft', FIRST, SETTINGS);
  expect(reused(first)).toBe(0);
  const turns = [{ question: FIRST, answer: outputText(first), ids: ids(first) }];
  const second = await runOnWorker(worker, 'draft', SECOND, SETTINGS, turns);
  // All that both caches could hold: the prompt and the answer without its last token.
  const prompt = first[0]?.type === 'start' ? first[0].promptIds.length : 0;
  expect(reused(second)).toBe(prompt + ids(first).length - 1);
  // The same question once more is not a continuation.
  const alone = await runOnWorker(worker, 'draft', SECOND, SETTINGS, turns);
  expect(reused(alone)).toBe(0);
  expect(ids(second)).toEqual(ids(alone));
  const plain = await runOnWorker(worker, 'draft', SECOND, { ...SETTINGS, mode: 'plain' }, turns);
  expect(ids(plain)).toEqual(ids(alone));
});

it('goes on from all that was read where it is stopped while the draft reads a long prompt', async () => {
  const long = `Repeat this. ${'The fox sees a red house by the river and goes in. '.repeat(30)}`;
  const controller = new AbortController();
  const stopped = await runOnWorker(worker, 'draft', long, { ...SETTINGS, maxTokens: 200 }, [], {
    signal: controller.signal,
    // After the first round the draft begins to read.
    arrived: (events) => events.some(({ type }) => type === 'round') && controller.abort(),
  });
  expect(stopped.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
  const prompt = stopped[0]?.type === 'start' ? stopped[0].promptIds.length : 0;
  expect(prompt).toBeGreaterThan(300);
  const turns = [{ question: long, answer: outputText(stopped), ids: ids(stopped) }];
  const next = await runOnWorker(worker, 'draft', SECOND, SETTINGS, turns);
  expect(reused(next)).toBe(prompt + ids(stopped).length - 1);
  expect(ids(next)).toEqual(ids(await runOnWorker(worker, 'draft', SECOND, { ...SETTINGS, mode: 'plain' }, turns)));
});

it('keeps it through a measurement between two turns, one that ends and one that a turn interrupts', async () => {
  const first = await runOnWorker(worker, 'draft', FIRST, SETTINGS);
  const measure = async (signal?: AbortSignal) => {
    for await (const update of sendToWorker(worker, { type: 'calibrate', pair: await shippedPair('draft') }, signal)) {
      if (update.type === 'calibration') return update.calibration;
    }
    return null;
  };
  const prompt = first[0]?.type === 'start' ? first[0].promptIds.length : 0;
  const held = prompt + ids(first).length - 1;
  const calibration = await measure();
  expect(calibration?.contexts[0]).toBe(held);
  const controller = new AbortController();
  const interrupted = measure(controller.signal).catch(() => null);
  setTimeout(() => controller.abort(), 100);
  const turns = [{ question: FIRST, answer: outputText(first), ids: ids(first) }];
  expect(await interrupted).toBeNull();
  const second = await runOnWorker(worker, 'draft', SECOND, SETTINGS, turns);
  expect(reused(second)).toBe(held);
  const alone = await runOnWorker(worker, 'draft', SECOND, SETTINGS, turns);
  expect(ids(second)).toEqual(ids(alone));
});
