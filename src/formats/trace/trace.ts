import * as v from 'valibot';
import { toFailure } from '../../core/failure';
import { checkSettings } from '../../core/settings';
import type { RunEvent, RunToken, StartEvent, Verdict } from '../../core/types';
import { misfitOf } from '../misfit';
import { columnsSchema, fromColumns, type TraceColumns } from './columns';
import { invalid, newer } from './failure';
import { fromFormat1 } from './format1';
import { aboutSchema, encodeEnd, encodeStart, eventsSchema, inRange } from './schema';

export type TraceAbout = v.InferOutput<typeof aboutSchema>;

/** A run that has ended, with what is known of it. */
export interface Trace {
  readonly about: TraceAbout;
  /** A start, at most one prefill, the rounds, an end. */
  readonly events: readonly RunEvent[];
}

/** A trace as JSON: its events one by one, exactly, or (`packTrace`) in columns, rounded. */
export type TraceDocument = { readonly format: typeof TRACE_FORMAT; readonly version: number; readonly about: TraceAbout } & (
  | { readonly events: readonly unknown[] }
  | { readonly columns: TraceColumns }
);

export const TRACE_FORMAT = 'foretoken-trace';
export const TRACE_VERSION = 2;
export const NOTHING_KNOWN: TraceAbout = { title: null, recordedAt: null, machine: null, leftOut: [] };

/**
 * The document of a run that has ended, for `JSON.stringify`. Nothing is lost; a seed above 2^53 is written as its digits.
 *
 * @throws FailureError trace-invalid where `events` are not a run that has ended
 */
export function encodeTrace(events: readonly RunEvent[], about: Partial<TraceAbout> = {}): TraceDocument {
  checkOrder(events);
  return { format: TRACE_FORMAT, version: TRACE_VERSION, about: { ...NOTHING_KNOWN, ...about }, events: events.map(encodeEvent) };
}

/**
 * The trace in `document`, which may come from anywhere: every field is checked, and unknown fields are dropped.
 *
 * @throws FailureError trace-invalid, naming the first field that is wrong; trace-newer
 */
export function decodeTrace(document: unknown): Trace {
  const today = versionOf(document) === 1 ? fromFormat1(document) : document;
  const inColumns = v.is(v.object({ columns: v.unknown() }), today);
  const { about, events } = inColumns ? readColumns(today) : parse(eventsDocument, today);
  checkOrder(events);
  return { about, events };
}

/** The trace in the text of a file. @throws FailureError as `decodeTrace` */
export function readTrace(text: string): Trace {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  return decodeTrace(document);
}

const head = { format: v.literal(TRACE_FORMAT), version: v.literal(TRACE_VERSION), about: aboutSchema };
const eventsDocument = v.object({ ...head, events: eventsSchema });
const columnsDocument = v.object({ ...head, columns: columnsSchema });

function readColumns(document: unknown): Trace {
  const { about, columns } = parse(columnsDocument, document);
  return { about, events: parse(eventsSchema, fromColumns(columns)) };
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw invalid(misfitOf(parsed.issues[0]));
}

/** The format's version in `document`, which is no later one than this page writes. */
function versionOf(document: unknown): number {
  const parsed = v.safeParse(v.object({ format: v.literal(TRACE_FORMAT), version: v.pipe(v.number(), v.integer()) }), document);
  if (!parsed.success) throw invalid('it is not a recording of Foretoken');
  if (parsed.output.version > TRACE_VERSION) throw newer();
  return parsed.output.version;
}

/** What makes single events a run: their order, their clock, and what the verdicts of a round can be. */
function checkOrder(events: readonly RunEvent[]): void {
  const start = events[0];
  if (start?.type !== 'start') throw invalid('it does not begin with the start of a run');
  if (events.at(-1)?.type !== 'end') throw invalid('it does not end with the end of a run');
  checkStart(start);
  let [rounds, nowMs] = [0, 0];
  const pass = (ms: number) => {
    if (ms < nowMs) throw invalid('its clock goes backwards');
    nowMs = ms;
  };
  for (const [at, event] of events.slice(1, -1).entries()) {
    if (event.type === 'start' || event.type === 'end') throw invalid('it holds more than one run');
    if (event.type === 'prefill' && at > 0) throw invalid('it reads its prompt in the middle');
    if (event.type === 'round') {
      if (event.index !== rounds++) throw invalid('its rounds are out of order');
      const { tokens, passes = 1 } = event;
      if (!POSSIBLE_ROUND.test(tokens.map(letterOf).join(''))) throw invalid(`round ${rounds} has impossible verdicts`);
      const plain = tokens[0]?.verdict === 'plain';
      if (plain ? passes < tokens.length : passes > 1) throw invalid(`round ${rounds} cannot have ${passes} passes of the target`);
      pass(event.startMs);
    }
    pass(event.endMs);
  }
  const end = events.at(-1);
  if (end?.type === 'end') pass(end.endMs);
}

/** Plain tokens; drafts up to the first that fell, and the target's own token; or drafts up to a stop token. */
const POSSIBLE_ROUND = /^(p+|a*b|a*rd*c|a+d*)$/;
const LETTERS: Readonly<Record<Verdict, string>> = {
  ...{ accepted: 'a', rejected: 'r', discarded: 'd' },
  ...{ corrected: 'c', bonus: 'b', plain: 'p' },
};

function letterOf({ verdict }: RunToken): string {
  return LETTERS[verdict];
}

function checkStart({ settings }: StartEvent): void {
  try {
    checkSettings(settings);
  } catch (thrown) {
    throw invalid(toFailure(thrown).message.replace(/\.$/, ''));
  }
}

function encodeEvent(event: RunEvent): unknown {
  if (event.type === 'start') return encodeStart(event);
  if (event.type === 'end') return encodeEnd(event);
  if (event.type !== 'round') return event;
  return { ...event, tokens: event.tokens.map((token) => ({ ...token, p: inRange(token.p), q: inRange(token.q) })) };
}
