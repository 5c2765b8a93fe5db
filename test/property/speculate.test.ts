import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NgramDrafter, NgramFirst } from '../../src/core/loop/ngram';
import { type Run, speculate } from '../../src/core/loop/speculate';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Detokenizer, Drafter, RunEvent, StopSignal, Target, TokenId, Verdict } from '../../src/core/types';
import { FakeDrafter, type FakeLanguage, FakeTarget, nextToken } from '../../src/model/fake';
import { abortedAfter } from '../support/abortedAfter';

interface Situation {
  readonly language: FakeLanguage;
  readonly context: number;
  readonly prompt: readonly TokenId[];
  readonly agreement: number;
  readonly gamma: number;
  readonly maxTokens: number;
  readonly stopTokens: ReadonlySet<TokenId>;
  readonly ignoreStopTokens: boolean;
}

const spelling: Detokenizer = { decode: (ids) => ids.map((id) => String.fromCharCode(97 + (id % 26))).join('') };
const never: StopSignal = { aborted: false };

const situations: fc.Arbitrary<Situation> = fc
  .record({ vocabularySize: fc.integer({ min: 1, max: 40 }), context: fc.integer({ min: 1, max: 60 }) })
  .chain(({ vocabularySize, context }) => {
    const id = fc.nat({ max: vocabularySize - 1 });
    return fc.record({
      language: fc.record({
        vocabularySize: fc.constant(vocabularySize),
        order: fc.integer({ min: 1, max: 3 }),
        seed: fc.nat(1 << 30),
      }),
      context: fc.constant(context),
      prompt: fc.array(id, { minLength: 1, maxLength: Math.min(context, 20), size: 'max' }),
      agreement: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      gamma: fc.integer({ min: 1, max: 16 }),
      maxTokens: fc.integer({ min: 1, max: 70 }),
      stopTokens: fc.array(id, { maxLength: 2 }).map((ids) => new Set(ids)),
      ignoreStopTokens: fc.boolean(),
    });
  });

function runOf(situation: Situation, mode: 'speculative' | 'plain', signal = never): Run {
  let time = 0;
  const { gamma, maxTokens, ignoreStopTokens, prompt, stopTokens } = situation;
  return {
    prompt: 'any',
    promptIds: prompt,
    settings: { ...DEFAULT_RUN, mode, gamma, maxTokens, ignoreStopTokens },
    labels: { target: 'target', draft: mode === 'plain' ? null : 'draft', adapter: 'none' },
    calibration: null,
    stopTokens,
    detokenizer: spelling,
    clock: () => time++,
    signal,
  };
}

function modelsOf({ language, context, agreement }: Situation) {
  return { target: new FakeTarget(language, context), drafter: new FakeDrafter(language, context, agreement) };
}

/** What greedy decoding by the language alone writes, found without any of the code under test. */
function greedy({ language, context, prompt, maxTokens, stopTokens, ignoreStopTokens }: Situation): TokenId[] {
  const history = [...prompt];
  while (history.length - prompt.length < maxTokens && history.length <= context) {
    const next = nextToken(language, history);
    history.push(next);
    if (!ignoreStopTokens && stopTokens.has(next)) break;
  }
  return history.slice(prompt.length);
}

async function collect(drafter: Drafter | null, target: Target, run: Run, look?: (event: RunEvent) => void): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of speculate(drafter, target, run)) {
    events.push(event);
    look?.(event);
  }
  return events;
}

const ids = (events: readonly RunEvent[]) => committedTokens(events).map((token) => token.id);
const rounds = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'round');

describe('speculate', () => {
  it('writes what the target alone writes, whatever is drafted, wherever it ends', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const expected = greedy(situation);
        expect(ids(await collect(drafter, target, runOf(situation, 'speculative')))).toEqual(expected);
        expect(ids(await collect(null, target, runOf(situation, 'plain')))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('writes the same where drafts are looked up, alone or before the model', async () => {
    let drafted = 0;
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const expected = greedy(situation);
        for (const byNgram of [
          ({ drafter }: ReturnType<typeof modelsOf>) => new NgramDrafter(drafter.capabilities, 1),
          ({ drafter }: ReturnType<typeof modelsOf>) => new NgramFirst(drafter),
        ]) {
          const models = modelsOf(situation);
          const events = await collect(byNgram(models), models.target, runOf(situation, 'speculative'));
          expect(ids(events)).toEqual(expected);
          drafted += tally(events).drafted;
        }
      }),
      { numRuns: 1000 },
    );
    expect(drafted).toBeGreaterThan(0);
  });

  it('writes the same with lengths that adapt, drafts by every source, and rests from one that fails', async () => {
    let plainRounds = 0;
    await fc.assert(
      fc.asyncProperty(situations, fc.boolean(), async (situation, byNgram) => {
        const { target, drafter } = modelsOf(situation);
        const run = runOf(situation, 'speculative');
        const events = await collect(byNgram ? new NgramFirst(drafter) : drafter, target, {
          ...run,
          settings: { ...run.settings, gamma: 'auto' },
        });
        expect(ids(events)).toEqual(greedy(situation));
        for (const { tokens, source, limits } of rounds(events)) {
          expect(tokens.length - 1).toBeLessThanOrEqual((source && limits[source]) ?? 0);
          if (source === null) plainRounds++;
          else expect(tokens.some(({ verdict }) => verdict === 'accepted' || verdict === 'rejected')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    expect(plainRounds).toBeGreaterThan(1000);
  });

  it('tells the same story in the same order, and says why it ended', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const events = await collect(drafter, target, runOf(situation, 'speculative'));
        const [start, prefill, ...rest] = events;
        const end = events.at(-1);
        expect([start?.type, prefill?.type, end?.type]).toEqual(['start', 'prefill', 'end']);
        expect(rest.slice(0, -1).map((event) => event.type === 'round' && event.index)).toEqual(rest.slice(0, -1).map((_, i) => i));
        const committed = ids(events);
        const { maxTokens, context, prompt, stopTokens, ignoreStopTokens } = situation;
        const stopped = !ignoreStopTokens && stopTokens.has(committed.at(-1) as TokenId);
        expect(end).toMatchObject({ reason: stopped ? 'stop' : 'length' });
        if (!stopped) expect(committed.length).toBe(Math.min(maxTokens, context - prompt.length + 1));
        const times = events.flatMap((event) =>
          event.type === 'round' ? [event.startMs, event.endMs] : 'endMs' in event ? [event.endMs] : [],
        );
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('goes on with a conversation from what the caches hold, and starts from nothing with anything else', async () => {
    let reused = 0;
    const extra = fc.record({ tokens: fc.array(fc.nat(1 << 20), { minLength: 1, maxLength: 12 }), drop: fc.nat(6), ngram: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(situations, fc.array(extra, { maxLength: 3 }), async (situation, turns) => {
        const models = modelsOf({ ...situation, context: 1000 });
        let prompt = situation.prompt;
        for (const { tokens, drop, ngram } of [{ tokens: [], drop: 0, ngram: false }, ...turns]) {
          const { vocabularySize } = situation.language;
          const turn = {
            ...situation,
            context: 1000,
            prompt: [...prompt.slice(0, prompt.length - drop), ...tokens.map((id) => id % vocabularySize)],
          };
          if (turn.prompt.length === 0) return;
          const drafter = ngram ? new NgramFirst(models.drafter) : models.drafter;
          const events = await collect(drafter, models.target, runOf(turn, 'speculative'));
          expect(ids(events)).toEqual(greedy(turn));
          for (const event of events) if (event.type === 'prefill') reused += event.reused;
          prompt = [...turn.prompt, ...ids(events)];
        }
      }),
      { numRuns: 500 },
    );
    expect(reused).toBeGreaterThan(0);
  });

  it('keeps both caches true after every round', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        let known = situation.prompt.length;
        await collect(drafter, target, runOf(situation, 'speculative'), (event) => {
          if (event.type === 'prefill') {
            // The first pass takes what is left, and the draft sees the prompt after it.
            expect(target.cachedLength).toBe(event.tokens);
            expect(event.tokens).toBeLessThan(known);
            expect(known - event.tokens).toBeLessThanOrEqual(target.capabilities.passLength);
            expect(drafter.cachedLength).toBe(0);
          }
          if (event.type !== 'round') return;
          known += ids([event]).length;
          expect(target.cachedLength).toBe(known - 1);
          expect(drafter.cachedLength).toBeLessThanOrEqual(known - 1);
        });
      }),
    );
  });

  it('judges every draft once: an accepted prefix, at most one rejected, the rest discarded', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const events = await collect(drafter, target, runOf(situation, 'speculative'));
        for (const { tokens, readbacks } of rounds(events)) {
          expect(readbacks).toBe(1);
          expect(tokens.length - 1).toBeLessThanOrEqual(situation.gamma);
          expect(tokens.map((token) => token.verdict).join(' ')).toMatch(
            /^(plain|(accepted )*bonus|(accepted )*rejected (discarded )*corrected|accepted( accepted)*( discarded)*)$/,
          );
          if (tokens.every((token) => token.verdict === 'accepted' || token.verdict === 'discarded')) {
            const last = tokens.findLast((token) => token.verdict === 'accepted');
            expect(situation.stopTokens).toContain(last?.id);
            expect(last?.text).toBe('');
          }
        }
        const { drafted, accepted, rejected, discarded, readbacks, rounds: count } = tally(events);
        expect(drafted).toBe(accepted + rejected + discarded);
        expect(rejected).toBeLessThanOrEqual(count);
        expect(readbacks).toBe(count);
      }),
    );
  });

  it('has a tally for every prefix that the next events only add to', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const events = await collect(drafter, target, runOf(situation, 'speculative'));
        let before = tally([]);
        for (let length = 1; length <= events.length; length++) {
          const prefix = events.slice(0, length);
          const now = tally(prefix);
          const last = prefix.at(-1);
          const fresh = last?.type === 'round' ? last.tokens : [];
          const counted = (verdict: Verdict) => fresh.filter((token) => token.verdict === verdict).length;
          for (const verdict of ['accepted', 'rejected'] as const) expect(now[verdict] - before[verdict]).toBe(counted(verdict));
          const [discarded, behind] = [now.discarded - before.discarded, now.pastEnd - before.pastEnd];
          expect(discarded + behind).toBe(counted('discarded'));
          // After a rejection, or past the end, never both.
          expect(Math.min(discarded, behind)).toBe(0);
          if (behind > 0) expect(prefix.length).toBe(events.length - 1);
          expect(now.drafted).toBe(now.accepted + now.rejected + now.discarded);
          expect(now.committed).toBe(ids(prefix).length);
          expect(now.rounds).toBe(rounds(prefix).length);
          expect(now.decodeMs).toBeGreaterThanOrEqual(before.decodeMs);
          before = now;
        }
      }),
      { numRuns: 50 },
    );
  });

  it('stops at any moment, keeps what was committed, and leaves models that can run again', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.nat(40), async (situation, looks) => {
        const { target, drafter } = modelsOf(situation);
        const events = await collect(drafter, target, runOf(situation, 'speculative', abortedAfter(looks)));
        const end = events.at(-1);
        const expected = greedy(situation);
        const committed = ids(events);
        expect(committed).toEqual(expected.slice(0, committed.length));
        if (end?.type === 'end' && end.reason !== 'aborted') expect(committed).toEqual(expected);
        else expect(end).toMatchObject({ type: 'end', reason: 'aborted' });
        expect(ids(await collect(drafter, target, runOf(situation, 'speculative')))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('can be stopped at every await, and the next turn begins with all that both caches held', async () => {
    const situation: Situation = {
      ...{ language: { vocabularySize: 7, order: 2, seed: 5 }, context: 200, agreement: 0.5, gamma: 3, maxTokens: 12 },
      ...{ prompt: Array.from({ length: 30 }, (_, i) => i % 7), stopTokens: new Set<TokenId>(), ignoreStopTokens: false },
    };
    const heldByDraft = new Set<number>();
    for (let looks = 0, ended = false; !ended; looks++) {
      const { target, drafter } = modelsOf(situation);
      const events = await collect(drafter, target, runOf(situation, 'speculative', abortedAfter(looks)));
      const end = events.at(-1);
      ended = end?.type === 'end' && end.reason !== 'aborted';
      const known = [...situation.prompt, ...ids(events)];
      const held = [target, drafter].map(({ cachedLength }) => Math.min(cachedLength, known.length));
      heldByDraft.add(drafter.cachedLength);
      const next = { ...situation, prompt: [...known, 1] };
      const reused: (number | undefined)[] = [];
      const answer = await collect(drafter, target, runOf(next, 'speculative'), (event) => {
        if (event.type === 'prefill') reused.push(event.reused, drafter.cachedLength);
      });
      expect(reused, `stopped at look ${looks}`).toEqual(held);
      expect(ids(answer)).toEqual(greedy(next));
    }
    // The draft was stopped before, in and after its prompt.
    expect([...heldByDraft]).toEqual(expect.arrayContaining([0, 4, 16, 28]));
  });

  it('can be left in the middle of a run and run again', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.nat(8), async (situation, taken) => {
        const { target, drafter } = modelsOf(situation);
        const events = speculate(drafter, target, runOf(situation, 'speculative'));
        for (let i = 0; i < taken; i++) await events.next();
        await events.return();
        expect(ids(await collect(drafter, target, runOf(situation, 'speculative')))).toEqual(greedy(situation));
      }),
    );
  });

  it('ends at the shorter context of two, with what the target would have written so far', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.integer({ min: 0, max: 30 }), async (situation, more) => {
        const longer = { ...situation, context: situation.context + more };
        const drafter = new FakeDrafter(situation.language, situation.context, situation.agreement);
        const target = new FakeTarget(situation.language, longer.context);
        const committed = ids(await collect(drafter, target, runOf(situation, 'speculative')));
        expect(committed).toEqual(greedy(situation));
        expect(committed).toEqual(greedy(longer).slice(0, committed.length));
      }),
    );
  });
});
