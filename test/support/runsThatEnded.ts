import fc from 'fast-check';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { EndEvent, NamedCandidate, RoundEvent, RunEvent, RunSettings, RunToken, StartEvent, Verdict } from '../../src/core/types';

/** No -0, which JSON does not have. */
const positive = (max: number) => fc.double({ min: 0, max, noNaN: true }).map((value) => value + 0);
const probability = positive(1);
const gap = positive(1000);
/** Of a forward: what a clock cannot distinguish from 0 does not count as a cost. */
const pass = fc.double({ min: 0.01, max: 1000, noNaN: true });
const id = fc.nat(200_000);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('', ' the', '\n', '<img src=x onerror=alert(1)>', '\ufffd', '\u202e', '\u0000', '"', '\ud83d'),
);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });
const candidates = fc.array(fc.record({ id, probability, text }), { maxLength: 5 });
const limits = fc.record({ model: fc.nat(16), ngram: fc.nat(16), person: fc.nat(16) }, { requiredKeys: ['model', 'ngram'] });

/** The verdicts of a round: drafts up to the first that fell and the target's token, or up to an accepted stop token. */
const verdicts: fc.Arbitrary<Verdict[]> = fc.oneof(
  fc.constant<Verdict[]>(['plain']),
  fc.tuple(fc.nat(16), fc.nat(16), fc.constantFrom('all', 'some', 'stop')).map(([drafted, kept, how]): Verdict[] => {
    const accepted = Math.min(kept, drafted);
    const keep = new Array<Verdict>(accepted).fill('accepted');
    const rest = new Array<Verdict>(Math.max(0, drafted - accepted - 1)).fill('discarded');
    if (how === 'stop' && accepted > 0) return [...keep, ...(drafted > accepted ? ['discarded' as const, ...rest] : [])];
    return drafted > accepted ? [...keep, 'rejected', ...rest, 'corrected'] : [...keep, drafted === 0 ? 'plain' : 'bonus'];
  }),
);

function token(verdict: Verdict): fc.Arbitrary<RunToken> {
  const named = fc.record<{ p: NamedCandidate[]; q: NamedCandidate[]; residual: NamedCandidate[] }>({
    ...{ p: candidates, q: candidates, residual: candidates },
  });
  return fc.record({
    ...{ id, verdict: fc.constant(verdict), text },
    ...{ p: orNull(probability), q: orNull(probability), u: orNull(probability), candidates: orNull(named) },
  });
}

type Loose = Omit<RoundEvent, 'index' | 'startMs' | 'endMs'> & { readonly gaps: readonly [number, number] };

const round: fc.Arbitrary<Loose> = verdicts.chain((each) =>
  fc.record(
    {
      type: fc.constant('round' as const),
      tokens: fc.tuple(...each.map(token)) as fc.Arbitrary<RunToken[]>,
      readbacks: fc.nat(20),
      limits,
      source: fc.constantFrom('model' as const, 'ngram' as const, 'person' as const, null),
      device: orNull(fc.record({ draftMs: gap, verifyMs: gap })),
      gaps: fc.tuple(gap, gap),
      waitedMs: gap,
    },
    { requiredKeys: ['type', 'tokens', 'readbacks', 'limits', 'source', 'device', 'gaps'] },
  ),
);

const settings: fc.Arbitrary<RunSettings> = fc.record({
  mode: fc.constantFrom('speculative', 'plain'),
  drafting: fc.constantFrom('model', 'ngram', 'mixed', 'person'),
  gamma: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constant('auto' as const), fc.array(limits, { minLength: 1, maxLength: 5 })),
  candidates: fc.boolean(),
  confidence: positive(0.9),
  maxTokens: fc.integer({ min: 1, max: 4096 }),
  ignoreStopTokens: fc.boolean(),
  stopStrings: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 2 }),
  format: fc.constantFrom(
    null,
    { type: 'json', schema: null },
    { type: 'json', schema: '{}' },
    { type: 'grammar', grammar: 'root ::= "a"' },
  ),
  sampling: fc.record({
    temperature: positive(2),
    topP: fc.constantFrom(1, 0.9),
    topK: fc.nat(50),
    repetitionPenalty: fc.constantFrom(1, 1.1),
    frequencyPenalty: fc.constantFrom(0, 0.5),
    presencePenalty: fc.constantFrom(0, -0.5),
    logitBias: fc.constantFrom({}, { 3: -100, 70: 2.5 }),
    seed: fc.oneof(fc.nat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
    rule: fc.constantFrom('rejection', 'coupled'),
  }),
});

const withoutStep: fc.Arbitrary<StartEvent> = fc.record({
  type: fc.constant('start' as const),
  prompt: fc.string({ unit: 'grapheme', maxLength: 80 }),
  promptIds: fc.array(id, { minLength: 1, maxLength: 30 }),
  settings: fc.oneof({ weight: 4, arbitrary: settings }, fc.constant(DEFAULT_RUN)),
  labels: fc.record({ target: text, draft: orNull(text), adapter: text }),
  calibration: orNull(
    fc.record({
      ...{ rows: fc.constant([1, 2]), contexts: fc.constant([0, 512]), draftMs: fc.tuple(pass, pass) },
      verifyMs: fc.tuple(fc.tuple(pass, pass), fc.tuple(pass, pass)),
      ...{ readbackMs: gap, plainFixedMs: gap, roundFixedMs: gap },
    }),
  ),
});

const start = fc
  .tuple(withoutStep, orNull(gap))
  .map(([event, clockStepMs]): StartEvent => (clockStepMs === null ? event : { ...event, clockStepMs }));

type WithoutTime<Event> = Event extends EndEvent ? Omit<Event, 'endMs'> : never;
type LooseEnd = WithoutTime<EndEvent>;

const end: fc.Arbitrary<LooseEnd> = fc.oneof(
  fc.record({ type: fc.constant('end' as const), reason: fc.constant('stop' as const), stopString: fc.constantFrom(null, '\n\n') }),
  fc.constantFrom<LooseEnd>({ type: 'end', reason: 'length' }, { type: 'end', reason: 'aborted' }),
  fc.constant<LooseEnd>({ type: 'end', reason: 'failed', failure: { code: 'device-lost', message: 'Lost.', hint: 'Run again.' } }),
);

/** Runs of any shape that have ended: what a trace can hold. */
export const runsThatEnded: fc.Arbitrary<RunEvent[]> = fc
  .tuple(start, orNull(gap), fc.array(round, { maxLength: 12 }), end, gap)
  .map(([begin, prefillMs, rounds, last, rest]) => {
    let now = prefillMs ?? 0;
    const advance = (by: number) => {
      now += by;
      return now;
    };
    const prefill: RunEvent[] = prefillMs === null ? [] : [{ type: 'prefill', tokens: 3, reused: 0, endMs: now }];
    const placed = rounds.map(({ gaps, ...each }, index) => ({ ...each, index, startMs: advance(gaps[0]), endMs: advance(gaps[1]) }));
    return [begin, ...prefill, ...placed, { ...last, endMs: advance(rest) } as EndEvent];
  });
