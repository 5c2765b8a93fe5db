import { describe, expect, it } from 'vitest';
import { cachedHistory } from '../../src/core/loop/cached';
import { speculate } from '../../src/core/loop/speculate';
import { warmUp } from '../../src/core/loop/warmUp';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Drafter, RunEvent, StopSignal, TokenId } from '../../src/core/types';
import { FakeDrafter, type FakeLanguage, FakeTarget } from '../../src/model/fake';
import { abortedAfter } from '../support/abortedAfter';
import { tokenizerOf, WORDS } from '../support/words';

const LANGUAGE: FakeLanguage = { vocabularySize: WORDS.length, order: 2, seed: 3 };
const ON: StopSignal = { aborted: false };
const PROMPT = [1, 2, 3, 4, 5];

/** A pair whose rounds take `roundMs`, and the rows of each of them. */
function pair({ context = 4096, roundMs = 20 } = {}) {
  let now = 0;
  const rows: number[] = [];
  class SlowTarget extends FakeTarget {
    override verify(...[history, proposal]: Parameters<FakeTarget['verify']>) {
      now += roundMs;
      rows.push(1 + (proposal?.length ?? 0));
      return super.verify(history, proposal);
    }
  }
  return { target: new SlowTarget(LANGUAGE, context), draft: new FakeDrafter(LANGUAGE, context, 0.8), rows, clock: () => now };
}

async function run(draft: Drafter | null, target: FakeTarget, promptIds: readonly TokenId[], maxTokens = 40): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of speculate(draft, target, {
    ...{ prompt: 'any', promptIds, settings: { ...DEFAULT_RUN, gamma: 4, maxTokens }, stopTokens: new Set<TokenId>() },
    ...{ labels: { target: 'target', draft: null, adapter: 'memory' }, detokenizer: tokenizerOf(WORDS) },
    ...{ clock: () => 0, signal: ON, calibration: null },
  }))
    events.push(event);
  return events;
}

const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

describe('a warm-up', () => {
  it('makes rounds of one row, of what a first run begins with, and of the longest draft, and leaves empty caches empty', async () => {
    const { draft, target, rows, clock } = pair();
    await warmUp(draft, target, { clock, signal: ON });
    expect(rows.slice(0, 2)).toEqual([1, 5]);
    expect(rows).toEqual(expect.arrayContaining([1, 3, 5, 9, 17]));
    expect([draft.cachedLength, target.cachedLength]).toEqual([0, 0]);
    const fresh = pair();
    expect(await run(draft, target, PROMPT)).toEqual(await run(fresh.draft, fresh.target, PROMPT));
  });

  it('leaves both caches of a conversation as they were, wherever it ends, and the next turn writes what it writes alone', async () => {
    for (const last of ['model', 'nothing'] as const) {
      for (let looks = 0; looks < 14; looks++) {
        const { draft, target, clock } = pair();
        const first = await run(draft, target, PROMPT);
        const history = [...PROMPT, ...ids(first)];
        // A plain turn leaves the draft's cache behind the target's.
        const next = last === 'nothing' ? [...history, 6, ...ids(await run(null, target, [...history, 6]))] : history;
        const before = [draft, target].map((model) => [model.cachedLength, [...cachedHistory(model)]]);
        await warmUp(draft, target, { clock, signal: looks === 0 ? ON : abortedAfter(looks) });
        expect([draft, target].map((model) => [model.cachedLength, [...cachedHistory(model)]])).toEqual(before);
        const events = await run(draft, target, [...next, 7, 8]);
        expect(events.find(({ type }) => type === 'prefill')).toMatchObject({ reused: next.length - 1 });
        const alone = pair();
        expect(ids(events)).toEqual(ids(await run(alone.draft, alone.target, [...next, 7, 8])));
      }
    }
  });

  it('makes the same rounds for a target without a draft, and leaves its cache as it was', async () => {
    const { target, rows, clock } = pair();
    const history = [...PROMPT, ...ids(await run(null, target, PROMPT))];
    const [held, made] = [target.cachedLength, rows.length];
    await warmUp(null, target, { clock, signal: ON });
    expect(rows.slice(made)).toEqual(expect.arrayContaining([1, 3, 5, 9, 17]));
    expect(target.cachedLength).toBe(held);
    expect((await run(null, target, [...history, 7])).find(({ type }) => type === 'prefill')).toMatchObject({ reused: history.length - 1 });
  });

  it('ends after the round under way when it is told to', async () => {
    const { draft, target, rows, clock } = pair();
    const signal = { aborted: false };
    const { verify } = target;
    target.verify = (...round) => {
      signal.aborted = rows.length === 2;
      return verify.apply(target, round);
    };
    await warmUp(draft, target, { clock, signal });
    expect(rows).toHaveLength(3);
  });

  it('takes about a second, and on a slow device a round or two', async () => {
    for (const [roundMs, most] of [
      [20, Infinity],
      [200, 5],
      [6000, 1],
    ] as const) {
      const { draft, target, rows, clock } = pair({ roundMs });
      await warmUp(draft, target, { clock, signal: ON });
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThanOrEqual(most);
    }
  });

  it('does nothing where the caches leave no room, or hold what nobody can tell', async () => {
    const full = pair({ context: 60 });
    await run(full.draft, full.target, PROMPT, 50);
    const unknown = pair();
    await unknown.target.prefill(PROMPT, ON);
    for (const { draft, target, rows, clock } of [full, unknown]) {
      const [held, made] = [[draft.cachedLength, target.cachedLength], rows.length];
      await warmUp(draft, target, { clock, signal: ON });
      expect(rows).toHaveLength(made);
      expect([draft.cachedLength, target.cachedLength]).toEqual(held);
    }
  });

  it('makes the next run start from nothing where a forward failed', async () => {
    const { draft, target, clock } = pair();
    const history = [...PROMPT, ...ids(await run(draft, target, PROMPT))];
    const { verify } = target;
    target.verify = async () => {
      throw new Error('the device is gone');
    };
    await expect(warmUp(draft, target, { clock, signal: ON })).rejects.toThrow('gone');
    target.verify = verify;
    expect((await run(draft, target, [...history, 7])).find(({ type }) => type === 'prefill')).toMatchObject({ reused: 0 });
  });
});
