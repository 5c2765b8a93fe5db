import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { speculate } from '../../src/core/loop/speculate';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Drafter, RoundOutcome, TokenId } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import type { ReadyPair } from '../../src/engine/pair';
import { memoryStorage } from '../../src/storage/memory';
import { SHIPPED, shippedPair } from '../support/shipped';

/** The shipped pair on this machine's CPU, its files served as they lie. */
function readyPair(): Promise<ReadyPair> {
  vi.stubGlobal(
    'fetch',
    async (url: string) => new Response(fs.readFileSync(path.join(SHIPPED, new URL(url).pathname.replace('/models/', '')))),
  );
  return new CpuPairs(memoryStorage()).ready(shippedPair('draft'), () => undefined, new AbortController().signal);
}

/** The target's hidden state at each position that is cached, as `drafter` hears of it. */
async function hiddenStates({ target, draft }: ReadyPair, gamma: number | null): Promise<Map<number, readonly number[]>> {
  const rows = new Map<number, readonly number[]>();
  const observe = ({ drafts, hidden }: RoundOutcome, history: readonly TokenId[]) => {
    const accepted = drafts.filter(({ verdict }) => verdict === 'accepted').length;
    const [states, passed] = [hidden as Float64Array, seen + drafts.length];
    const width = states.length / passed;
    for (let row = 0; row < seen + accepted; row++) {
      rows.set(history.length - 1 - seen - accepted + row, Array.from(states.subarray(row * width, (row + 1) * width)));
    }
    seen = 1;
  };
  const promptIds = target.text.encodeChat('Count from 1 to 30.', []);
  // The first pass takes what a prefill in whole passes leaves of the prompt, each later one the last token and its drafts.
  let seen = promptIds.length % target.side.capabilities.passLength || target.side.capabilities.passLength;
  if (!draft) throw new Error('no model drafts');
  const drafter: Drafter =
    gamma === null
      ? { observe, propose: async () => null }
      : { observe, model: draft.model, propose: (history, most) => draft.propose(history, most) };
  const events = speculate(drafter, target.side, {
    ...{ prompt: '', promptIds, labels: { target: '', draft: '', adapter: '' }, stopTokens: new Set<TokenId>(), detokenizer: target.text },
    settings: { ...DEFAULT_RUN, gamma: gamma ?? 1, maxTokens: 24 },
    ...{ calibration: null, clock: () => performance.now(), signal: { aborted: false } },
  });
  for await (const event of events) expect(event).not.toMatchObject({ reason: 'failed' });
  return rows;
}

it('a drafter sees the target’s hidden state of each position, the same whichever round computed it', async () => {
  const pair = await readyPair();
  const plain = await hiddenStates(pair, null);
  const speculative = await hiddenStates(pair, 5);
  expect(plain.size).toBeGreaterThanOrEqual(24);
  expect(new Set([...plain.values()].map((row) => row.join())).size).toBe(plain.size);
  for (const [position, row] of speculative) expect(row, `position ${position}`).toEqual(plain.get(position));
  expect([...speculative.keys()]).toEqual([...plain.keys()]);
});
