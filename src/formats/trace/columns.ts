import * as v from 'valibot';
import type { Candidate, Candidates, DraftSource, NamedCandidate, RoundEvent, RunEvent, RunToken, Verdict } from '../../core/types';
import { invalid } from './failure';
import { encodeEnd, encodeStart, endSchema, id, inRange, prefillSchema, startSchema, TRACE_LIMITS, tokenText } from './schema';

/** How finely a trace in columns is written. */
export interface Precision {
  readonly ticksPerMs: number;
  /** A probability is written as a whole number of these parts. */
  readonly parts: number;
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  ...{ a: 'accepted', r: 'rejected', d: 'discarded' },
  ...{ c: 'corrected', b: 'bonus', p: 'plain' },
};
const SOURCES: Readonly<Record<string, DraftSource | null>> = { '-': null, m: 'model', n: 'ngram', t: 'person' };
const KINDS = ['p', 'q', 'residual'] as const;
/** Where there is not a number. */
const NONE = -1;

const MOST_TOKENS = TRACE_LIMITS.rounds * 2;
const MOST_CANDIDATES = MOST_TOKENS * 4;
const integers = (most: number) => v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(NONE))), v.maxLength(most));
const perRound = integers(TRACE_LIMITS.rounds);
const perToken = integers(MOST_TOKENS);
const perCandidate = integers(MOST_CANDIDATES);
const letters = (most: number) => v.pipe(v.string(), v.maxLength(most));
const { endMs: _, ...prefill } = prefillSchema.entries;

export const columnsSchema = v.object({
  ticksPerMs: v.picklist([1, 10, 100, 1000]),
  parts: v.picklist([100, 1000, 10_000, 100_000]),
  start: v.object({ ...startSchema.entries, type: v.optional(v.literal('start'), 'start') }),
  prefill: v.nullable(v.object(prefill)),
  end: endSchema,
  /** Each pair of a token and a text that occurs, once: tokens and candidates name it by its position. */
  words: v.object({
    ids: v.pipe(v.array(id), v.maxLength(MOST_CANDIDATES)),
    texts: v.pipe(v.array(tokenText), v.maxLength(MOST_CANDIDATES)),
  }),
  /** Ticks since the moment before: of the prefill's end, then of each round's start and end, then of the run's end. */
  clock: integers(2 * TRACE_LIMITS.rounds + 2),
  /** Tokens of each round. */
  sizes: perRound,
  /** Where plain tokens are read back together. */
  passes: v.exactOptional(perRound),
  readbacks: perRound,
  modelLimits: perRound,
  ngramLimits: perRound,
  /** Where a person drafts. */
  personLimits: v.exactOptional(perRound),
  plainLimits: v.exactOptional(perRound),
  waitedTicks: v.exactOptional(perRound),
  sources: letters(TRACE_LIMITS.rounds),
  /** Ticks; `NONE` for both where the device has no clock. */
  draftTicks: perRound,
  verifyTicks: perRound,
  verdicts: letters(MOST_TOKENS),
  tokens: perToken,
  p: perToken,
  q: perToken,
  u: perToken,
  /** How many candidates each token has under p, q and in the residual; `NONE` three times where they were not measured. */
  counts: integers(3 * MOST_TOKENS),
  candidates: perCandidate,
  probabilities: perCandidate,
});

export type TraceColumns = v.InferInput<typeof columnsSchema>;

/** `events`, a run that has ended, as columns of small whole numbers, rounded. */
export function toColumns(events: readonly RunEvent[], { ticksPerMs, parts }: Precision): TraceColumns {
  const [start] = events;
  const end = events.at(-1);
  if (start?.type !== 'start' || end?.type !== 'end') throw invalid('it is not a run that has ended');
  const rounds = events.filter((event) => event.type === 'round');
  const tokens = rounds.flatMap((round) => round.tokens);
  const candidates = tokens.flatMap((token) => KINDS.flatMap((kind) => token.candidates?.[kind] ?? []));
  const words = new Words();
  const ticks = (ms: number) => Math.round(ms * ticksPerMs);
  const share = (probability: number | null) => {
    const told = inRange(probability);
    return told === null ? NONE : Math.round(told * parts);
  };
  const prefill = events.find((event) => event.type === 'prefill');
  return {
    ticksPerMs: ticksPerMs as TraceColumns['ticksPerMs'],
    parts: parts as TraceColumns['parts'],
    start: { ...encodeStart(start), calibration: roundedNumbers(start.calibration) } as TraceColumns['start'],
    prefill: prefill ? { type: 'prefill', tokens: prefill.tokens, reused: prefill.reused } : null,
    end: { ...encodeEnd(end), endMs: 0 },
    tokens: tokens.map((token) => words.at(token)),
    candidates: candidates.map((candidate) => words.at(candidate)),
    words: { ids: words.ids, texts: words.texts },
    clock: differences(events.flatMap(momentsOf).map(ticks)),
    sizes: rounds.map((round) => round.tokens.length),
    ...perSome('passes', rounds, (round) => round.passes),
    readbacks: rounds.map((round) => round.readbacks),
    modelLimits: rounds.map((round) => round.limits.model),
    ngramLimits: rounds.map((round) => round.limits.ngram),
    ...perSome('personLimits', rounds, (round) => round.limits.person),
    ...perSome('plainLimits', rounds, (round) => round.limits.plain),
    ...perSome('waitedTicks', rounds, ({ waitedMs }) => (waitedMs === undefined ? undefined : ticks(waitedMs))),
    sources: rounds.map((round) => letterOf(SOURCES, round.source)).join(''),
    draftTicks: rounds.map(({ device }) => (device ? ticks(device.draftMs) : NONE)),
    verifyTicks: rounds.map(({ device }) => (device ? ticks(device.verifyMs) : NONE)),
    verdicts: tokens.map((token) => letterOf(VERDICTS, token.verdict)).join(''),
    p: tokens.map(({ p }) => share(p)),
    q: tokens.map(({ q }) => share(q)),
    u: tokens.map(({ u }) => share(u)),
    counts: tokens.flatMap((token) => KINDS.map((kind) => token.candidates?.[kind].length ?? NONE)),
    probabilities: candidates.map(({ probability }) => share(probability)),
  };
}

/** The events that `columns` stand for, still to be checked as events. @throws FailureError trace-invalid where the columns do not fit together */
export function fromColumns(columns: v.InferOutput<typeof columnsSchema>): unknown[] {
  const read = readers(columns);
  const { ticksPerMs, parts } = columns;
  let nowTicks = 0;
  const advance = () => {
    nowTicks += read.clock();
    return nowTicks / ticksPerMs;
  };
  const share = (value: number) => (value === NONE ? null : value / parts);
  const word = (at: number): { id: number; text: string } => {
    const [tokenId, text] = [columns.words.ids[at], columns.words.texts[at]];
    if (tokenId === undefined || text === undefined) throw misfit();
    return { id: tokenId, text };
  };
  const candidate = (): NamedCandidate => ({ ...word(read.candidates()), probability: share(read.probabilities()) ?? 0 });
  const token = (): RunToken => {
    const { id: tokenId, text } = word(read.tokens());
    const verdict = VERDICTS[read.verdicts()];
    if (!verdict) throw misfit();
    const [p, q, u] = [share(read.p()), share(read.q()), share(read.u())];
    return { id: tokenId, verdict, p, q, u, candidates: candidatesFrom(KINDS.map(read.counts), candidate), text };
  };
  const round = (size: number, index: number): RoundEvent => {
    const source = SOURCES[read.sources()];
    if (source === undefined || size > TRACE_LIMITS.tokensOfRound) throw misfit();
    const [draft, verify] = [read.draftTicks(), read.verifyTicks()];
    const device = draft === NONE || verify === NONE ? null : { draftMs: draft / ticksPerMs, verifyMs: verify / ticksPerMs };
    const [person = NONE, plain = NONE] = [read.personLimits?.(), read.plainLimits?.()];
    const [waited = NONE, passes = NONE] = [read.waitedTicks?.(), read.passes?.()];
    const further = { ...(person !== NONE && { person }), ...(plain !== NONE && { plain }) };
    const limits = { model: read.modelLimits(), ngram: read.ngramLimits(), ...further };
    const some = { ...(passes !== NONE && { passes }), ...(waited !== NONE && { waitedMs: waited / ticksPerMs }) };
    const tokens = Array.from({ length: Math.max(0, size) }, token);
    const [startMs, endMs] = [advance(), advance()];
    return { type: 'round', index, tokens, readbacks: read.readbacks(), limits, source, device, startMs, endMs, ...some };
  };
  // A seed was read already; the events' own schema reads it again.
  const start = encodeStart(columns.start);
  const prefill = columns.prefill ? [{ ...columns.prefill, endMs: advance() }] : [];
  return [start, ...prefill, ...columns.sizes.map(round), { ...columns.end, endMs: advance() }];
}

/** A column of what only some rounds have; none where no round has it. */
function perSome<Name extends string>(
  name: Name,
  rounds: readonly RoundEvent[],
  of: (round: RoundEvent) => number | undefined,
): { readonly [N in Name]?: number[] } {
  const values = rounds.map(of);
  if (values.every((value) => value === undefined)) return {};
  return { [name]: values.map((value) => value ?? NONE) } as { readonly [N in Name]?: number[] };
}

function candidatesFrom(counts: readonly number[], candidate: () => NamedCandidate): Candidates<NamedCandidate> | null {
  if (counts.includes(NONE)) return null;
  const [p = [], q = [], residual = []] = counts.map((length) => {
    if (length > TRACE_LIMITS.candidates) throw misfit();
    return Array.from({ length }, candidate);
  });
  return { p, q, residual };
}

type Read<Columns> = { readonly [Name in keyof Columns]: Columns[Name] extends string ? () => string : () => number };
type Listed = Omit<v.InferOutput<typeof columnsSchema>, 'ticksPerMs' | 'parts' | 'start' | 'prefill' | 'end' | 'words' | 'sizes'>;

/** A function for every column that gives its next value. */
function readers({ ticksPerMs, parts, start, prefill, end, words, sizes, ...listed }: v.InferOutput<typeof columnsSchema>): Read<Listed> {
  const reader = (column: string | readonly number[]) => {
    let at = 0;
    return () => {
      const value = column[at++];
      if (value === undefined) throw misfit();
      return value;
    };
  };
  return Object.fromEntries(Object.entries(listed).map(([name, column]) => [name, reader(column)])) as Read<Listed>;
}

function misfit() {
  return invalid('its columns do not fit together');
}

/** Distinct pairs of a token and a text, in the order in which they come. */
class Words {
  readonly ids: number[] = [];
  readonly texts: string[] = [];
  readonly #known = new Map<string, number>();

  at({ id: tokenId, text }: { readonly id: Candidate['id']; readonly text: string }): number {
    const key = `${tokenId} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.ids.length);
    this.texts.push(text);
    return this.ids.push(tokenId) - 1;
  }
}

/** The moments of an event's clock, in order. */
function momentsOf(event: RunEvent): number[] {
  if (event.type === 'start') return [];
  return event.type === 'round' ? [event.startMs, event.endMs] : [event.endMs];
}

function differences(moments: readonly number[]): number[] {
  return moments.map((moment, i) => moment - (moments[i - 1] ?? 0));
}

function letterOf<Value>(letters: Readonly<Record<string, Value>>, value: Value): string {
  return Object.keys(letters).find((letter) => letters[letter] === value) ?? '';
}

/** Milliseconds to the microsecond, in a value of any shape. */
function roundedNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each) => (typeof each === 'number' ? Math.round(each * 1000) / 1000 : each));
}
