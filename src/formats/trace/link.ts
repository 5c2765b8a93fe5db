import type { Candidates, NamedCandidate, RunEvent, RunToken } from '../../core/types';
import { inflate } from '../inflate';
import { type Precision, toColumns } from './columns';
import { invalid, newer } from './failure';
import {
  decodeTrace,
  NOTHING_KNOWN,
  readTrace,
  TRACE_FORMAT,
  TRACE_VERSION,
  type Trace,
  type TraceAbout,
  type TraceDocument,
} from './trace';

/** Longest link, in characters: what programs that pass links on are known to bear. */
export const LINK_LIMIT = 8000;

/** First character of a link's payload: how the rest is packed. */
const PACKING = '1';
const MOST_PAYLOAD = 400_000;
const MOST_BYTES = 16_000_000;

/** Microseconds times ten, and probabilities to four digits. */
const FINE: Precision = { ticksPerMs: 100, parts: 10_000 };

type LeftOut = TraceAbout['leftOut'][number];
type Candidating = Candidates<NamedCandidate> | null;

/** A step towards a shorter link, with what it leaves out of the trace. */
interface Shortening {
  readonly leftOut: readonly LeftOut[];
  readonly precision: Precision;
  readonly candidates: (token: RunToken) => Candidating;
}

const all = ({ candidates }: RunToken): Candidating => candidates;
const none = (): Candidating => null;
/** What was never judged, and what nobody would have chosen, is missed least. */
const likely = (token: RunToken): Candidating => (token.verdict === 'discarded' ? null : first(3, token.candidates));
const atRejections = (token: RunToken): Candidating =>
  token.verdict === 'rejected' || token.verdict === 'corrected' ? first(3, token.candidates) : null;

const SHORTENINGS: readonly Shortening[] = [
  { leftOut: [], precision: FINE, candidates: all },
  { leftOut: ['some-candidates'], precision: FINE, candidates: likely },
  { leftOut: ['some-candidates'], precision: FINE, candidates: atRejections },
  { leftOut: ['candidates'], precision: FINE, candidates: none },
  { leftOut: ['candidates', 'digits'], precision: { ticksPerMs: 10, parts: 1000 }, candidates: none },
  { leftOut: ['candidates', 'digits'], precision: { ticksPerMs: 1, parts: 100 }, candidates: none },
];

/**
 * The trace of `events` in columns, for a small file: every event and every candidate, times to 10 µs, probabilities to four digits.
 *
 * @throws FailureError trace-invalid where `events` are not a run that has ended
 */
export function packTrace(events: readonly RunEvent[], about: Partial<TraceAbout> = {}, precision = FINE): TraceDocument {
  const document = {
    ...({ format: TRACE_FORMAT, version: TRACE_VERSION } as const),
    about: { ...NOTHING_KNOWN, ...about },
    columns: toColumns(events, precision),
  };
  // What is written must be what can be read.
  decodeTrace(JSON.parse(JSON.stringify(document)));
  return document;
}

/**
 * The run of `events` as what follows "#trace=" in a link, as whole as `room` characters allow.
 *
 * @returns what was left out with it; null if even the shortest form is longer
 * @throws FailureError trace-invalid where `events` are not a run that has ended
 */
export async function encodeLink(
  events: readonly RunEvent[],
  about: Partial<TraceAbout>,
  room: number,
): Promise<{ readonly payload: string; readonly leftOut: readonly LeftOut[] } | null> {
  for (const { leftOut, precision, candidates } of SHORTENINGS) {
    const kept = events.map((event) => thinned(event, candidates));
    const lost = about.leftOut ?? [];
    const allLeftOut = [...new Set([...lost, ...leftOut])];
    const document = packTrace(kept, { ...about, leftOut: allLeftOut }, precision);
    const payload = PACKING + toBase64Url(await deflate(JSON.stringify(document)));
    if (payload.length <= room) return { payload, leftOut: allLeftOut };
  }
  return null;
}

/** The trace in what follows "#trace=" of a link, which may come from anywhere. @throws FailureError trace-invalid, trace-newer */
export async function decodeLink(payload: string): Promise<Trace> {
  if (payload.length > MOST_PAYLOAD) throw invalid('its link is too long');
  if (/^[2-9]/.test(payload)) throw newer();
  if (!/^1[\w-]+$/.test(payload)) throw invalid('its link is damaged or cut short');
  const read = async (text: string) => readTrace(await textOf(fromBase64Url(text.slice(PACKING.length))));
  try {
    return await read(payload);
  } catch (thrown) {
    // A dash or an underscore of the sentence around a link cannot be told from the link's own.
    const bare = payload.replace(/[_-]+$/, '');
    if (bare === payload) throw thrown;
    return await read(bare).catch(() => Promise.reject(thrown));
  }
}

function thinned(event: RunEvent, candidates: (token: RunToken) => Candidating): RunEvent {
  if (event.type !== 'round') return event;
  return { ...event, tokens: event.tokens.map((token) => ({ ...token, candidates: candidates(token) })) };
}

function first(count: number, candidates: Candidating): Candidating {
  return candidates && { p: candidates.p.slice(0, count), q: candidates.q.slice(0, count), residual: candidates.residual.slice(0, count) };
}

async function deflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function textOf(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = await inflate(packed, 'deflate-raw', MOST_BYTES);
  try {
    if (bytes) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // No text.
  }
  throw invalid('its link is damaged or cut short');
}

const CHUNK = 8192;

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
  } catch {
    throw invalid('its link is damaged or cut short');
  }
}
