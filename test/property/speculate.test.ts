import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { NgramDrafter, NgramFirst } from '../../src/core/loop/ngram';
import { type Run, speculate } from '../../src/core/loop/speculate';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type {
  Detokenizer,
  Drafter,
  DraftLimits,
  Proposal,
  RoundOutcome,
  RunEvent,
  StopSignal,
  Target,
  TokenId,
  Verdict,
} from '../../src/core/types';
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

/** Drafts what came after each token as far as the rounds told it, and nothing else: it has no cache and does not read the history. */
class Observer implements Drafter {
  readonly seen: { readonly outcome: RoundOutcome; readonly history: readonly TokenId[] }[] = [];
  #next: { readonly after: TokenId; readonly follows: ReadonlyMap<TokenId, TokenId> } | null = null;

  async propose(_history: readonly TokenId[], { model: gamma }: DraftLimits): Promise<Proposal | null> {
    const ids: TokenId[] = [];
    for (let id = this.#next?.follows.get(this.#next.after); id !== undefined && ids.length < gamma; id = this.#next?.follows.get(id))
      ids.push(id);
    return ids.length === 0 ? null : { kind: 'ids', source: 'model', length: ids.length, ids };
  }

  observe(outcome: RoundOutcome, history: readonly TokenId[]): void {
    this.seen.push({ outcome, history: [...history] });
    this.#next = { after: history.at(-1) as TokenId, follows: new Map(history.slice(1).map((id, i) => [history[i] as TokenId, id])) };
  }
}

/** Drops its drafts from its cache before they are judged, as a head does that read them beside states of its own (model/webllm/head.ts). */
class Head implements Drafter {
  readonly model: FakeDrafter;

  constructor(model: FakeDrafter) {
    this.model = model;
  }

  async propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null> {
    const proposal = await this.model.propose(history, most);
    this.model.truncate(history.length);
    return proposal;
  }
}

/** Whatever drafts, by what it needs. */
const DRAFTERS: Readonly<Record<string, (model: FakeDrafter) => Drafter>> = {
  'a model': (model) => model,
  'a head on the target’s states': (model) => new Head(model),
  'n-gram, without a cache': () => new NgramDrafter(1),
  'n-gram, then a model': (model) => new NgramFirst(model),
  'what observes the rounds, without a cache': () => new Observer(),
};
const drafterNames = fc.constantFrom(...Object.keys(DRAFTERS));

function drafterOf(name: string, model: FakeDrafter): Drafter {
  const make = DRAFTERS[name];
  if (!make) throw new RangeError(`no drafter is called ${name}`);
  return make(model);
}

/** `target` where no token can come after `length` of the history, as where a format leads nowhere. */
function withDeadEnd(target: FakeTarget, length: number): Target {
  const verify = target.verify.bind(target);
  return Object.assign(target, {
    decode: undefined,
    async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
      const deadEnd = new FailureError('format-dead-end', 'dead end', 'Change the grammar.');
      const left = length - history.length;
      if (left <= 0) throw deadEnd;
      const outcome = await verify(history, proposal);
      if (outcome.drafts.filter(({ verdict }) => verdict === 'accepted').length < left) return outcome;
      const drafts = outcome.drafts.map((draft, i) =>
        i < left ? draft : ({ ...draft, verdict: i > left ? 'discarded' : 'rejected' } as const),
      );
      return { ...outcome, drafts, deadEnd };
    },
  });
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
  it.each(Object.keys(DRAFTERS))('writes what the target alone writes, wherever it ends, where drafts come from %s', async (name) => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const expected = greedy(situation);
        const events = await collect(drafterOf(name, drafter), target, runOf(situation, 'speculative'));
        expect(ids(events)).toEqual(expected);
        expect(ids(await collect(null, target, runOf(situation, 'plain')))).toEqual(expected);
        accepted += tally(events).accepted;
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(1000);
  });

  it('writes the same whatever number of plain tokens is read back together, in one round a readback', async () => {
    let [together, dropped] = [0, 0];
    const lists = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(situations, lists, fc.constantFrom('plain', 'speculative'), async (situation, list, mode) => {
        const { target, drafter } = modelsOf(situation);
        const run = runOf(situation, mode);
        const gamma = list.map((plain, i): DraftLimits => ({ model: i % 2, ngram: 0, plain }));
        const events = await collect(mode === 'plain' ? null : drafter, target, { ...run, settings: { ...run.settings, gamma } });
        expect(ids(events)).toEqual(greedy(situation));
        expect(target.cachedLength).toBe(situation.prompt.length + ids(events).length - 1);
        for (const { tokens, passes = 1, source, limits, readbacks } of rounds(events)) {
          expect(readbacks).toBe(1);
          if (source !== null) expect(passes).toBe(1);
          else expect(tokens.map(({ verdict }) => verdict)).toEqual(tokens.map(() => 'plain'));
          expect(passes).toBeLessThanOrEqual(source === null ? (limits.plain ?? 1) : 1);
          if (tokens.length > 1 && source === null) together++;
          if (passes > tokens.length) dropped++;
        }
        const { passes, committed } = tally(events);
        if (mode === 'plain') expect(passes).toBeGreaterThanOrEqual(committed);
      }),
      { numRuns: 1000 },
    );
    expect(together).toBeGreaterThan(500);
    expect(dropped).toBeGreaterThan(10);
  });

  it('tells a drafter what became of each round, drafted or not, before the caches are truncated', async () => {
    let surplus = 0;
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const { target, drafter } = modelsOf(situation);
        const observer = new Observer();
        const observed = new NgramFirst({
          model: drafter,
          propose: (...asked) => drafter.propose(...asked),
          observe(outcome, history) {
            observer.observe(outcome, history);
            // The target still holds what it judged, and what the round committed is no longer than that and one more.
            expect(target.cachedLength).toBeGreaterThanOrEqual(history.length - 1);
            surplus += target.cachedLength - (history.length - 1);
          },
        });
        let heard = 0;
        await collect(observed, target, runOf(situation, 'speculative'), (event) => {
          if (event.type !== 'round') return;
          const { outcome, history } = observer.seen[heard++] ?? {};
          expect(event.tokens.slice(0, outcome?.drafts.length).map(({ id }) => id)).toEqual(outcome?.drafts.map(({ id }) => id));
          const committed = ids([event]);
          expect(history?.slice(-committed.length)).toEqual(committed);
          expect(target.cachedLength).toBe((history?.length ?? 0) - 1);
        });
        expect(observer.seen).toHaveLength(heard);
      }),
      { numRuns: 300 },
    );
    expect(surplus).toBeGreaterThan(0);
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
    const tokens = fc.array(fc.nat(1 << 20), { minLength: 1, maxLength: 12 });
    const extra = fc.record({ tokens, drop: fc.nat(6), name: drafterNames });
    await fc.assert(
      fc.asyncProperty(situations, fc.array(extra, { maxLength: 3 }), async (situation, turns) => {
        const models = modelsOf({ ...situation, context: 1000 });
        let prompt = situation.prompt;
        for (const { tokens, drop, name } of [{ tokens: [], drop: 0, name: 'a model' }, ...turns]) {
          const { vocabularySize } = situation.language;
          const turn = {
            ...situation,
            context: 1000,
            prompt: [...prompt.slice(0, prompt.length - drop), ...tokens.map((id) => id % vocabularySize)],
          };
          if (turn.prompt.length === 0) return;
          const events = await collect(drafterOf(name, models.drafter), models.target, runOf(turn, 'speculative'));
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
      fc.asyncProperty(situations, drafterNames, async (situation, name) => {
        const { target, drafter } = modelsOf(situation);
        let known = situation.prompt.length;
        await collect(drafterOf(name, drafter), target, runOf(situation, 'speculative'), (event) => {
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

  it('fails where no token can come next, unless a stop string ended the answer before, as plain decoding does', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(situations, fc.nat(20), fc.integer({ min: 97, max: 122 }), async (situation, most, stop) => {
        const run = (mode: 'speculative' | 'plain') => {
          const { target, drafter } = modelsOf(situation);
          const { settings, ...rest } = runOf(situation, mode);
          const held = { ...rest, settings: { ...settings, stopStrings: [String.fromCharCode(stop)] } };
          return collect(mode === 'plain' ? null : drafter, withDeadEnd(target, situation.prompt.length + most), held).then(
            (events) => ids(events).join(),
            (error) => `${error}`,
          );
        };
        const plain = await run('plain');
        outcomes.add(plain === 'FailureError: dead end' ? 'fails' : 'ends');
        expect(await run('speculative')).toBe(plain);
      }),
      { numRuns: 500 },
    );
    expect([...outcomes].sort()).toEqual(['ends', 'fails']);
  });

  it('stops at any moment, keeps what was committed, and leaves models that can run again', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.nat(40), drafterNames, async (situation, looks, name) => {
        const { target, drafter: model } = modelsOf(situation);
        const drafter = drafterOf(name, model);
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
