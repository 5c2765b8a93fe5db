import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/core/cost/calibrate';
import { speculate } from '../../src/core/loop/speculate';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Drafter, RunEvent, StopSignal, TokenId } from '../../src/core/types';
import { FakeDrafter, type FakeLanguage, FakeTarget } from '../../src/model/fake';
import { abortedAfter } from '../support/abortedAfter';
import { tokenizerOf, WORDS } from '../support/words';

const LANGUAGE: FakeLanguage = { vocabularySize: WORDS.length, order: 2, seed: 3 };
const ON: StopSignal = { aborted: false };
let time = 0;
const clock = () => time;
const CLOCK = { clock, clockStepMs: 0, readbackMs: 0 };

/** A pair whose forwards take time. */
function pair(context: number) {
  const target = new FakeTarget(LANGUAGE, context);
  const draft = new FakeDrafter(LANGUAGE, context, 0.8);
  const [verify, propose] = [target.verify.bind(target), draft.propose.bind(draft)];
  target.verify = (history, proposal) => {
    time += 10 + (proposal?.length ?? 0);
    return verify(history, proposal);
  };
  draft.propose = (history, limits) => {
    time += 2 * limits.model;
    return propose(history, limits);
  };
  return { target, draft };
}

async function run(draft: Drafter | null, target: FakeTarget, promptIds: readonly TokenId[], maxTokens = 40): Promise<RunEvent[]> {
  const events = speculate(draft, target, {
    ...{ prompt: 'any', promptIds, settings: { ...DEFAULT_RUN, gamma: 4, maxTokens }, stopTokens: new Set<TokenId>() },
    ...{
      labels: { target: 'target', draft: null, adapter: 'memory' },
      detokenizer: tokenizerOf(WORDS),
      clock,
      signal: ON,
      calibration: null,
    },
  });
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const PROMPT = [1, 2, 3, 4, 5];
const historyAfter = (prompt: readonly TokenId[], events: readonly RunEvent[]) => [
  ...prompt,
  ...committedTokens(events).map(({ id }) => id),
];
const reused = (events: readonly RunEvent[]) => events.find((event) => event.type === 'prefill')?.reused;

describe('a measurement between two turns', () => {
  it('leaves both caches with their content, however long, and measures after it', async () => {
    for (const written of [10, 40, 500]) {
      const { target, draft } = pair(4096);
      const history = historyAfter(PROMPT, await run(draft, target, PROMPT, written));
      const held = [target.cachedLength, draft.cachedLength];
      const { contexts = [] } = (await calibrate(draft, target, { ...CLOCK, signal: ON })) ?? {};
      expect([target.cachedLength, draft.cachedLength]).toEqual(held);
      expect(contexts[0]).toBeGreaterThanOrEqual(history.length - 1);
      expect(contexts[1]).toBeGreaterThan(contexts[0] ?? Infinity);
      const next = await run(draft, target, [...history, 7, 8]);
      expect(reused(next)).toBe(history.length - 1);
      // The made-up models throw where their caches are not what the loop takes them for.
      const { target: fresh, draft: another } = pair(4096);
      const alone = await run(another, fresh, [...history, 7, 8]);
      expect(committedTokens(next)).toEqual(committedTokens(alone));
    }
  });

  it('leaves them so too where it is stopped at any moment', async () => {
    for (let looks = 1; looks < 40; looks += 3) {
      const { target, draft } = pair(4096);
      const history = historyAfter(PROMPT, await run(draft, target, PROMPT));
      const signal = abortedAfter(looks);
      await expect(calibrate(draft, target, { ...CLOCK, signal })).rejects.toThrow('stopped');
      expect(reused(await run(draft, target, [...history, 7, 8]))).toBe(history.length - 1);
    }
  });

  it('keeps the target’s text where the draft holds another, as after a plain run', async () => {
    const { target, draft } = pair(4096);
    await run(draft, target, PROMPT);
    const other = [9, 8, 7, 6];
    const history = historyAfter(other, await run(null, target, other));
    await calibrate(draft, target, { ...CLOCK, signal: ON });
    expect(draft.cachedLength).toBe(0);
    expect(reused(await run(draft, target, [...history, 7, 8]))).toBe(history.length - 1);
  });

  it('measures from nothing where what they hold leaves no room, or the loop cannot tell what it is', async () => {
    const full = pair(80);
    const history = historyAfter(PROMPT, await run(full.draft, full.target, PROMPT, 60));
    const { contexts = [] } = (await calibrate(full.draft, full.target, { ...CLOCK, signal: ON })) ?? {};
    expect(contexts).toEqual([32, 62]);
    expect(reused(await run(full.draft, full.target, [...history, 7, 8]))).toBe(0);
    const unknown = pair(4096);
    await unknown.target.prefill(PROMPT, ON);
    await calibrate(unknown.draft, unknown.target, { ...CLOCK, signal: ON });
    expect(unknown.target.cachedLength).toBe(0);
  });
});
