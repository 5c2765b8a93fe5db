import * as v from 'valibot';
import { LONGEST_MS } from '../../core/clock';
import { RUN, SAMPLING } from '../../core/declaredSettings';
import type { FailureCode } from '../../core/failure';
import { type EndEvent, LIMITS, type RoundEvent, type RunSettings, type StartEvent } from '../../core/types';
import { calibrationSchema } from '../calibration';
import { ofItsKind, schemasOf } from '../settings';

/** Far above what a page can run, and low enough that a file from anywhere does no harm. */
export const TRACE_LIMITS = {
  promptLength: 400_000,
  promptTokens: 65_536,
  rounds: 65_536,
  /** Drafts, and the target's own token. */
  tokensOfRound: LIMITS.gamma.max + 1,
  tokenText: 400,
  candidates: 64,
  label: 400,
  /** Tokens whose logits have a bias. */
  biases: 262_144,
  /** Of a failure's message and hint. */
  failureText: 2000,
  /** Of a schema or a grammar. */
  format: 1_000_000,
  stopString: 10_000,
  stopStrings: 1000,
} as const;

const label = v.pipe(v.string(), v.maxLength(TRACE_LIMITS.label));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const milliseconds = v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_MS));
export const tokenText = v.pipe(v.string(), v.maxLength(TRACE_LIMITS.tokenText));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const length = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LIMITS.gamma.max));
const limits = v.object({ model: length, ngram: length, person: v.exactOptional(length), plain: v.exactOptional(length) });
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));

const candidates = v.pipe(v.array(v.object({ id, probability, text: tokenText })), v.maxLength(TRACE_LIMITS.candidates));

const verdict = v.picklist(['accepted', 'rejected', 'discarded', 'corrected', 'bonus', 'plain']);

const token = v.object({
  id,
  verdict,
  text: tokenText,
  p: v.nullable(probability),
  q: v.nullable(probability),
  u: v.nullable(probability),
  candidates: v.nullable(v.object({ p: candidates, q: candidates, residual: candidates })),
});

/** A seed that is not a safe integer is written as its digits. */
const seed = v.union([
  v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  v.pipe(
    v.string(),
    v.regex(/^\d{1,20}$/),
    v.transform((digits) => BigInt(digits)),
  ),
]);

const stopStrings = v.pipe(v.array(text(TRACE_LIMITS.stopString)), v.maxLength(TRACE_LIMITS.stopStrings), v.readonly());

/** Those settings of a run that are not plain. */
const otherSettings = {
  gamma: v.union([
    v.literal('auto'),
    v.pipe(v.number(), v.integer()),
    v.pipe(v.array(limits), v.minLength(1), v.maxLength(TRACE_LIMITS.rounds), v.readonly()),
  ]),
  stopStrings,
  format: v.nullable(
    v.variant('type', [
      v.object({ type: v.literal('json'), schema: v.nullable(text(TRACE_LIMITS.format)) }),
      v.object({ type: v.literal('grammar'), grammar: text(TRACE_LIMITS.format) }),
    ]),
  ),
};

const otherSampling = { logitBias: v.pipe(v.record(v.string(), v.number()), v.maxEntries(TRACE_LIMITS.biases)), seed };

/** `checkStart` judges their ranges. */
const settings = v.object({
  ...schemasOf(RUN, ofItsKind),
  ...otherSettings,
  sampling: v.object({ ...schemasOf(SAMPLING, ofItsKind), ...otherSampling }),
});

const runModel = v.object({ id: label, revision: label, halfCache: v.exactOptional(v.literal(true)) });

export const startSchema = v.object({
  type: v.literal('start'),
  prompt: text(TRACE_LIMITS.promptLength),
  system: v.exactOptional(text(TRACE_LIMITS.promptLength)),
  promptIds: v.pipe(v.array(id), v.minLength(1), v.maxLength(TRACE_LIMITS.promptTokens)),
  settings,
  labels: v.object({ target: label, draft: v.nullable(label), adapter: label }),
  models: v.exactOptional(v.object({ target: runModel, draft: v.nullable(v.union([v.literal('itself'), runModel])) })),
  calibration: v.nullable(calibrationSchema),
  clockStepMs: v.exactOptional(milliseconds),
  templateStops: v.exactOptional(stopStrings),
  exact: v.exactOptional(v.literal(false)),
});

export const prefillSchema = v.object({ type: v.literal('prefill'), tokens: count, reused: count, endMs: milliseconds });

const roundSchema = v.object({
  type: v.literal('round'),
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  tokens: v.pipe(v.array(token), v.minLength(1), v.maxLength(TRACE_LIMITS.tokensOfRound)),
  passes: v.exactOptional(v.pipe(length, v.minValue(2))),
  readbacks: count,
  limits,
  source: v.nullable(v.picklist(['model', 'ngram', 'person'])),
  device: v.nullable(v.object({ draftMs: milliseconds, verifyMs: milliseconds })),
  startMs: milliseconds,
  endMs: milliseconds,
  waitedMs: v.exactOptional(milliseconds),
});

/** A code is data here: a trace may tell of a failure that this version of the page cannot have. */
const failureCode = v.custom<FailureCode>((value) => typeof value === 'string' && /^[a-z][a-z-]{0,39}$/.test(value));
const failureText = text(TRACE_LIMITS.failureText);
const end = { type: v.literal('end'), endMs: milliseconds };

export const endSchema = v.variant('reason', [
  v.object({ ...end, reason: v.literal('stop'), stopString: v.nullable(text(TRACE_LIMITS.stopString)) }),
  v.object({ ...end, reason: v.picklist(['length', 'aborted']) }),
  v.object({ ...end, reason: v.literal('failed'), failure: v.object({ code: failureCode, message: failureText, hint: failureText }) }),
]);

const eventSchema = v.variant('type', [startSchema, prefillSchema, roundSchema, endSchema]);

/** Each event by itself; `checkOrder` judges them together. */
export const eventsSchema = v.pipe(v.array(eventSchema), v.minLength(2), v.maxLength(TRACE_LIMITS.rounds + 3));

const date = v.pipe(v.string(), v.isoTimestamp());

/** What is known of a trace besides its events. */
export const aboutSchema = v.object({
  /** What the run shows, in a few words. */
  title: v.nullable(label),
  /** When it ran: an ISO 8601 time in UTC. */
  recordedAt: v.nullable(date),
  /** The machine that it ran on, as a person names it. */
  machine: v.nullable(label),
  /** What was left out so that it fits where it was put. */
  leftOut: v.optional(v.pipe(v.array(v.picklist(['some-candidates', 'candidates', 'digits'])), v.maxLength(3), v.readonly()), []),
});

/** JSON has no bigint and no NaN: a seed may be digits, and what plain decoding ignores may be anything. Names are as long as they may be. */
export function encodeStart(event: StartEvent): object {
  const { settings } = event;
  const { target, draft, adapter } = event.labels;
  const name = (label: string) => label.slice(0, TRACE_LIMITS.label);
  const labels = { target: name(target), draft: draft === null ? null : name(draft), adapter: name(adapter) };
  const { seed } = settings.sampling;
  const gamma = typeof settings.gamma === 'number' && !Number.isInteger(settings.gamma) ? 'auto' : settings.gamma;
  const sampling = { ...settings.sampling, seed: typeof seed === 'bigint' ? String(seed) : seed };
  return { ...event, labels, settings: { ...settings, gamma, sampling } };
}

/** What went wrong is told as far as there is room: a compiler's message may quote all that it was given. */
export function encodeEnd(event: EndEvent): EndEvent {
  if (event.reason !== 'failed') return event;
  const { code, message, hint } = event.failure;
  const most = TRACE_LIMITS.failureText;
  return { ...event, failure: { code, message: message.slice(0, most), hint: hint.slice(0, most) } };
}

/** A sum of rounded parts may come out a hair above 1, or below 0; what is not a number was not measured. */
export function inRange(probability: number | null): number | null {
  return probability === null || Number.isNaN(probability) ? null : Math.min(1, Math.max(0, probability));
}

// The schemas and the types of a run must not drift apart.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const SCHEMAS_FIT: readonly [
  Same<v.InferOutput<typeof settings>, RunSettings>,
  Same<v.InferOutput<typeof roundSchema>['source'], RoundEvent['source']>,
  Same<v.InferOutput<typeof startSchema>['labels'], StartEvent['labels']>,
  Same<v.InferOutput<typeof endSchema>['reason'], EndEvent['reason']>,
] = [true, true, true, true];
