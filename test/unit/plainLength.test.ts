import { describe, expect, it } from 'vitest';
import { plainTokenMs } from '../../src/core/cost/cost';
import { AdaptiveLength } from '../../src/core/cost/draftLength';
import { fastestPlain, stopChance } from '../../src/core/cost/plainLength';
import { speculate } from '../../src/core/loop/speculate';
import { tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RoundOutcome, RunEvent, RunSettings, TokenId } from '../../src/core/types';
import { FakeTarget } from '../../src/model/fake';

describe('how many plain tokens are read back together', () => {
  it('is one where readbacks are cheap, and many where they are not', () => {
    expect(fastestPlain({ sharedMs: 0.2, tokenMs: 8 }, 16, 0)).toBe(1);
    expect(fastestPlain({ sharedMs: 1, tokenMs: 8 }, 16, 0)).toBe(16);
    expect(fastestPlain({ sharedMs: 100, tokenMs: 8 }, 16, 0)).toBe(16);
    expect(fastestPlain({ sharedMs: 100, tokenMs: 8 }, 5, 0)).toBe(5);
  });

  it('is fewer where the answer may end, as tokens past its end are computed for nothing', () => {
    const price = { sharedMs: 3, tokenMs: 8 };
    const counts = [0, stopChance(200), stopChance(0)].map((stop) => fastestPlain(price, 16, stop));
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(counts[2]).toBeLessThan(counts[0] as number);
    expect(counts[2]).toBeGreaterThan(1);
  });

  it('keeps a round within a time that a person waits for Stop', () => {
    expect(fastestPlain({ sharedMs: 100, tokenMs: 60 }, 16, 0)).toBe(5);
    expect(fastestPlain({ sharedMs: 100, tokenMs: 500 }, 16, 0)).toBe(1);
  });

  it('makes a token as cheap as its share of a readback', () => {
    const costs = { rows: [1], contexts: [0], verifyMs: [[8]], draftMs: [1], roundFixedMs: 90 };
    expect(plainTokenMs({ ...costs, readbackMs: 80, plainFixedMs: 82 }, 0)).toBe(15);
    expect(plainTokenMs({ ...costs, readbackMs: 0.1, plainFixedMs: 2 }, 0)).toBe(10);
  });
});

const LANGUAGE = { vocabularySize: 3000, order: 2, seed: 5 };

/** A run whose passes take `tokenMs` and whose readbacks `readbackMs`, on a clock of its own. */
async function runOn(readbackMs: number, tokenMs: number, settings: Partial<RunSettings> = {}, stopTokens: readonly TokenId[] = []) {
  let ms = 0;
  class SlowTarget extends FakeTarget {
    override async verify(...of: Parameters<FakeTarget['verify']>): Promise<RoundOutcome> {
      ms += readbackMs + tokenMs;
      return super.verify(...of);
    }

    override async decode(history: readonly TokenId[], count: number): Promise<RoundOutcome> {
      ms += readbackMs + count * tokenMs;
      return super.decode(history, count);
    }
  }
  const events: RunEvent[] = [];
  for await (const event of speculate(null, new SlowTarget(LANGUAGE, 400), {
    ...{ prompt: 'any', promptIds: [1, 2, 3], labels: { target: 't', draft: null, adapter: 'none' } },
    settings: { ...DEFAULT_RUN, mode: 'plain', maxTokens: 120, ...settings },
    ...{ calibration: null, readbackMs, clockStepMs: 0.1, stopTokens: new Set(stopTokens) },
    detokenizer: { decode: (ids) => ids.map((id) => String.fromCharCode(97 + (id % 26))).join('') },
    ...{ clock: () => ms, signal: { aborted: false } },
  })) {
    events.push(event);
  }
  return { events, ms, counts: tally(events) };
}

describe('plain decoding', () => {
  it('reads back many tokens together where a readback takes long, and one where it does not', async () => {
    const slow = await runOn(100, 10);
    expect(slow.counts.rounds).toBeLessThan(20);
    expect(slow.counts.passes).toBe(120);
    expect(slow.ms).toBeLessThan((120 * 110) / 4);
    const quick = await runOn(0.2, 10);
    expect(quick.counts.rounds).toBe(120);
    expect(quick.events.every((event) => event.type !== 'round' || (event.passes === undefined && event.limits.plain === undefined))).toBe(
      true,
    );
  });

  it('is told by the rounds themselves, which repeat it', async () => {
    const first = await runOn(100, 10);
    const gamma = first.events.flatMap((event) => (event.type === 'round' ? [event.limits] : []));
    const again = await runOn(0.2, 10, { gamma });
    const passes = (events: readonly RunEvent[]) => events.map((event) => (event.type === 'round' ? (event.passes ?? 1) : 0));
    expect(passes(again.events)).toEqual(passes(first.events));
  });

  it('reads as many back together from the first on where a model may draft but does not pay, and fewer where a draft may be found', () => {
    const dear = {
      rows: [1, 17],
      contexts: [0],
      verifyMs: [[8, 800]],
      draftMs: [8],
      readbackMs: 100,
      plainFixedMs: 100,
      roundFixedMs: 100,
    };
    const known = { calibration: dear, chains: true, stops: false };
    expect(new AdaptiveLength(known, ['model']).choose(1, 32, 31)).toEqual({ model: 0, ngram: 0, plain: 16 });
    const free = { ...dear, verifyMs: [[8, 10]], readbackMs: 10, plainFixedMs: 10, roundFixedMs: 10 };
    expect(new AdaptiveLength({ ...known, calibration: free }, ['ngram']).choose(1, 32, 31)).not.toHaveProperty('plain');
  });

  it('does not read tokens together that a response format has to see one by one', async () => {
    const { counts } = await runOn(100, 10, { format: { type: 'json', schema: null } });
    expect(counts.rounds).toBe(120);
  });

  it('drops what comes after a stop token within a round, and counts its passes', async () => {
    const whole = await runOn(0.2, 10);
    const ids = whole.events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ id }) => id) : []));
    const at = ids.findIndex((id, i) => i > 40 && ids.indexOf(id) === i);
    expect(at).toBeGreaterThan(40);
    const { events, counts } = await runOn(100, 10, {}, [ids[at] as TokenId]);
    expect(events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ id }) => id) : []))).toEqual(ids.slice(0, at + 1));
    expect(counts.committed).toBe(at + 1);
    expect(counts.passes).toBeGreaterThanOrEqual(counts.committed);
    expect(counts.passes - counts.committed).toBeLessThan(16);
  });
});
