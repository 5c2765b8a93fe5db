import fc from 'fast-check';
import type { Calibration } from '../../src/core/cost/cost';
import type {
  Candidates,
  DraftLimits,
  DraftSource,
  EndEvent,
  NamedCandidate,
  PrefillEvent,
  RoundEvent,
  RunEvent,
  RunSettings,
  RunToken,
  StartEvent,
  Verdict,
} from '../../src/core/types';

/** Texts that break what was not made for them: markup, controls, half characters, right-to-left, no text, long words, blanks. */
export const ODD_TEXTS: readonly string[] = [
  ...['', ' ', '   ', '\n', '\n\n', '\t', '\r\n', '\u0000', '\u0007', '\u001b[31m', '\u007f', '\u0085', '\u00ad', '\u2028', '\ufeff'],
  ...['<b>bold</b>', '<script>throw 1</script>', '"><img src=x onerror=throw(1)>', '&amp;', '</textarea>', '{{x}}', '%s', '\\'],
  ...['\u202e', '\u202dabc\u202c', '\u2066\u2067\u2069', '\u200f', '\u061c', '\u200b', 'مرحبا', ' שלום', 'a\u202eb'],
  ...['\ud800', '\udc00', 'x\ud83d', '\udc00\ud800', '\ufffd', '\uffff', '😀', '👩‍🚀', '🏳️‍🌈', 'é', 'e\u0301\u0301\u0301', '你好'],
  ...['x'.repeat(400), 'Donaudampfschifffahrtsgesellschaft'.repeat(4), '__proto__', 'constructor', 'null', 'NaN', '0'],
];

const texts = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(' the', ' fox', ' bell', 'ing', '.', ',', ' "', '\n', ' 12', '{', '  return') },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const ids = fc.oneof(fc.nat(2047), fc.constantFrom(0, 151_935, 2 ** 31 - 1));
const probabilities = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 1e-9, 5e-324, 1 - 2 ** -53));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 4 });
const draws = fc.oneof(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.constantFrom(0, 1 - 2 ** -53));
/** Milliseconds between two moments of a run's clock, which is not finer than a browser's: 0.1 ms (High Resolution Time, section 7.1). */
const spans = fc.oneof(fc.double({ min: 0.1, max: 80, noNaN: true }), fc.constantFrom(0, 3_600_000));

const named: fc.Arbitrary<NamedCandidate[]> = fc
  .uniqueArray(fc.record({ id: ids, text: texts, probability: probabilities }), { maxLength: 8, selector: ({ id }) => id })
  .map((list) => list.toSorted((a, b) => b.probability - a.probability));
const candidates: fc.Arbitrary<Candidates<NamedCandidate> | null> = fc.option(fc.record({ p: named, q: named, residual: named }), {
  freq: 2,
});

/** A token of `verdict`, with what may be known of it. */
function tokenOf(verdict: Verdict): fc.Arbitrary<RunToken> {
  const drafted = verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded';
  return fc.record({
    id: ids,
    verdict: fc.constant(verdict),
    p: maybe(probabilities),
    q: drafted ? maybe(probabilities) : fc.constant(null),
    u: verdict === 'accepted' || verdict === 'rejected' ? maybe(draws) : fc.constant(null),
    candidates,
    text: texts,
  });
}

/** What the tokens of a round can be, in order; `last`: an accepted stop token ended the run. */
function verdictsOf(plain: boolean, last: boolean): fc.Arbitrary<Verdict[]> {
  const accepted = fc.integer({ min: 0, max: 5 }).map((count) => Array<Verdict>(count).fill('accepted'));
  const discarded = fc.integer({ min: 0, max: 4 }).map((count) => Array<Verdict>(count).fill('discarded'));
  const together = fc.integer({ min: 1, max: 16 }).map((count) => Array<Verdict>(count).fill('plain'));
  const drafted = fc.oneof(
    accepted.map((kept): Verdict[] => [...kept, 'bonus']),
    fc.tuple(accepted, discarded).map(([kept, dropped]): Verdict[] => [...kept, 'rejected', ...dropped, 'corrected']),
    fc.constant<Verdict[]>(['plain']),
    fc.constant<Verdict[]>([...Array<Verdict>(15).fill('accepted'), 'rejected', 'corrected']),
    together,
  );
  if (plain) return fc.oneof(fc.constant<Verdict[]>(['plain']), together);
  if (!last) return drafted;
  return fc.oneof(
    drafted,
    fc.tuple(accepted, discarded).map(([kept, dropped]): Verdict[] => ['accepted', ...kept, ...dropped]),
  );
}

const limits: fc.Arbitrary<DraftLimits> = fc
  .record({ model: fc.nat(16), ngram: fc.nat(16), plain: fc.option(fc.nat(16)) })
  .map(({ plain, ...drafts }) => (plain === null ? drafts : { ...drafts, plain }));
const SOURCES: readonly DraftSource[] = ['model', 'ngram'];

/** A round that begins `before` milliseconds after the one before it has ended, with times of its own from 0; laid in order by `runEvents`. */
function roundOf(plain: boolean, last: boolean): fc.Arbitrary<{ readonly round: RoundEvent; readonly before: number }> {
  return verdictsOf(plain, last).chain((verdicts) => {
    const drafted = verdicts.some((verdict) => verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded');
    // The passes of tokens past the end count too.
    const passes = fc.integer({ min: verdicts.length, max: last ? Math.max(16, verdicts.length) : verdicts.length });
    const round: fc.Arbitrary<RoundEvent> = fc.record({
      type: fc.constant('round' as const),
      index: fc.constant(0),
      tokens: fc.tuple(...verdicts.map(tokenOf)),
      readbacks: fc.integer({ min: 1, max: 17 }),
      limits,
      source: drafted ? fc.constantFrom(...SOURCES) : fc.constant(null),
      // By the device's own clock, so it may exceed the round's time by ours.
      device: maybe(fc.record({ draftMs: drafted ? spans : fc.constant(0), verifyMs: spans })),
      startMs: fc.constant(0),
      endMs: spans,
    });
    const several =
      verdicts[0] !== 'plain' ? round : fc.tuple(round, passes).map(([each, made]) => (made > 1 ? { ...each, passes: made } : each));
    return fc.record({ round: several, before: fc.oneof(fc.constant(0), spans) });
  });
}

const settings: fc.Arbitrary<RunSettings> = fc.record({
  mode: fc.constantFrom('speculative', 'speculative', 'plain'),
  drafting: fc.constantFrom('model', 'ngram', 'mixed'),
  gamma: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constant('auto' as const), fc.array(limits, { minLength: 1, maxLength: 4 })),
  candidates: fc.boolean(),
  confidence: fc.constantFrom(0, 0.4, 0.99),
  maxTokens: fc.constantFrom(1, 160, Number.MAX_SAFE_INTEGER),
  ignoreStopTokens: fc.boolean(),
  stopStrings: fc.array(
    texts.filter((text) => text !== ''),
    { maxLength: 2 },
  ),
  format: fc.oneof(
    fc.constant(null),
    fc.constant({ type: 'json' as const, schema: null }),
    fc.record({ type: fc.constant('json' as const), schema: fc.constantFrom('{}', '{"type":"object"}') }),
    fc.record({ type: fc.constant('grammar' as const), grammar: fc.constantFrom('root ::= "a"', '<b>') }),
  ),
  sampling: fc.record({
    temperature: fc.constantFrom(0, 0, 0.8, 1e-6, 40),
    topP: fc.constantFrom(1, 0.9, 1e-9),
    topK: fc.constantFrom(0, 1, 40),
    repetitionPenalty: fc.constantFrom(1, 1.2),
    frequencyPenalty: fc.constantFrom(0, -2, 2),
    presencePenalty: fc.constantFrom(0, 0.5),
    logitBias: fc.constantFrom({}, { 5: -100, 17: 2.5 }),
    seed: fc.oneof(fc.nat(), fc.constantFrom(0n, 2n ** 64n - 1n, Number.MAX_SAFE_INTEGER)),
    rule: fc.constantFrom('rejection', 'coupled'),
  }),
});

/** Of a forward; what a device's clock cannot tell from nothing would have no speedup. */
const costs = fc.double({ min: 0.01, max: 50, noNaN: true });
const fixedCosts = fc.oneof(costs, fc.constant(0));
export const calibrations: fc.Arbitrary<Calibration> = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 2, max: 17 }), { maxLength: 3 }), fc.uniqueArray(fc.nat(2000), { minLength: 1, maxLength: 2 }))
  .chain(([rows, contexts]) =>
    fc.record({
      rows: fc.constant([1, ...rows.toSorted((a, b) => a - b)]),
      contexts: fc.constant(contexts.toSorted((a, b) => a - b)),
      verifyMs: fc.array(fc.array(costs, { minLength: rows.length + 1, maxLength: rows.length + 1 }), {
        minLength: contexts.length,
        maxLength: contexts.length,
      }),
      draftMs: fc.array(costs, { minLength: contexts.length, maxLength: contexts.length }),
      readbackMs: fixedCosts,
      plainFixedMs: fixedCosts,
      roundFixedMs: fixedCosts,
    }),
  )
  .chain((measured) => fc.constantFrom(measured, { ...measured, coarse: true }));

const starts: fc.Arbitrary<StartEvent> = settings.chain((chosen) =>
  fc.record({
    type: fc.constant('start' as const),
    prompt: fc.oneof(
      texts,
      fc.array(texts, { maxLength: 12 }).map((list) => list.join('')),
    ),
    promptIds: fc.array(ids, { minLength: 1, maxLength: 6 }),
    settings: fc.constant(chosen),
    labels: fc.record({
      target: fc.constantFrom('target', '<i>t</i>', ''),
      draft: chosen.mode === 'plain' ? fc.constant(null) : fc.constantFrom('draft', 'weak-draft', 'x'.repeat(200)),
      adapter: fc.constantFrom('memory', '', 'swiftshader'),
    }),
    calibration: maybe(calibrations),
  }),
);

const prefills: fc.Arbitrary<PrefillEvent> = fc.record({
  type: fc.constant('prefill' as const),
  tokens: fc.nat(100),
  reused: fc.oneof(fc.constant(0), fc.nat(50)),
  endMs: spans,
});

const ends: fc.Arbitrary<EndEvent> = fc.oneof(
  fc.record({
    type: fc.constant('end' as const),
    reason: fc.constant('stop' as const),
    stopString: fc.option(texts),
    endMs: fc.constant(0),
  }),
  fc.record({ type: fc.constant('end' as const), reason: fc.constantFrom('length' as const, 'aborted' as const), endMs: fc.constant(0) }),
  fc.record({
    type: fc.constant('end' as const),
    reason: fc.constant('failed' as const),
    failure: fc.record({ code: fc.constantFrom('internal' as const, 'device-lost' as const), message: texts, hint: texts }),
    endMs: fc.constant(0),
  }),
);

/** How far a list of events goes: nothing at all, a run that only began, one that still goes on, one that has ended. */
type Extent = 'nothing' | 'start' | 'prefill' | 'rounds' | 'whole';

function runsOf(extents: fc.Arbitrary<Extent>): fc.Arbitrary<RunEvent[]> {
  return fc
    .tuple(starts, extents, fc.boolean())
    .chain(([start, extent, first]) => {
      const plain = start.settings.mode === 'plain';
      return fc.record({
        start: fc.constant(start),
        extent: fc.constant(extent),
        prefill: prefills,
        first: first ? roundOf(true, false).map((round) => [round]) : fc.constant([]),
        rounds: fc.array(roundOf(plain, false), { maxLength: 8 }),
        last: fc.option(roundOf(plain, true)),
        end: ends,
        rest: spans,
      });
    })
    .map(({ start, extent, prefill, first, rounds, last, end, rest }): RunEvent[] => {
      if (extent === 'nothing') return [];
      if (extent === 'start') return [start];
      if (extent === 'prefill') return [start, prefill];
      const laid: RoundEvent[] = [];
      let time = prefill.endMs;
      for (const { round, before } of [...first, ...rounds, ...(last ? [last] : [])]) {
        const startMs = time + before;
        time = startMs + round.endMs;
        laid.push({ ...round, index: laid.length, startMs, endMs: time });
      }
      const all: RunEvent[] = [start, prefill, ...laid];
      if (extent === 'whole') all.push({ ...end, endMs: time + rest });
      return all;
    });
}

/**
 * Lists of events as a live run, a recorded one or one that broke off can leave them, in order and with ascending times: every verdict, whatever
 * may be unknown unknown, odd texts. It keeps what `speculate` keeps (test/property/speculate.test.ts) and nothing more.
 */
export const runEvents = runsOf(fc.constantFrom('nothing', 'start', 'prefill', 'rounds', 'whole', 'whole', 'whole', 'whole'));

/** Runs of any shape that have ended, a person's among them: what a trace can hold. */
export const runsThatEnded: fc.Arbitrary<RunEvent[]> = fc
  .record({
    events: runsOf(fc.constant('whole')),
    clockStepMs: maybe(spans),
    templateStops: maybe(fc.constantFrom(['<|im_end|>'], ['</s>', 'User:'])),
    exact: fc.boolean(),
    prefilled: fc.boolean(),
    waits: maybe(fc.array(fc.record({ most: fc.nat(16), waitedMs: spans }), { minLength: 1, maxLength: 4 })),
  })
  .map(({ events, clockStepMs, templateStops, exact, prefilled, waits }) =>
    events
      .filter(({ type }) => prefilled || type !== 'prefill')
      .map((event): RunEvent => {
        if (event.type === 'start') {
          const drafting = waits === null ? event.settings.drafting : 'person';
          const known = {
            ...(clockStepMs === null ? {} : { clockStepMs }),
            ...(templateStops === null ? {} : { templateStops }),
            ...(exact ? {} : { exact }),
          };
          return { ...event, settings: { ...event.settings, drafting }, ...known };
        }
        const wait = event.type === 'round' ? waits?.[event.index % waits.length] : undefined;
        if (event.type !== 'round' || !wait) return event;
        const source = event.source === null ? null : 'person';
        return { ...event, source, limits: { ...event.limits, person: wait.most }, waitedMs: wait.waitedMs };
      }),
  );
