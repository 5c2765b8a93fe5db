import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { misfitOf } from './misfit';

/** What a person has done of the course. Times are milliseconds since 1970, lengths are in UTF-16 units. */
export const PROGRESS_VERSION = 1;
const FORMAT = 'foretoken-progress';

/** More than a person writes, and small enough for a browser's storage. */
export const LONGEST_TEXT = 20_000;
const text = v.fallback(v.pipe(v.string(), v.maxLength(LONGEST_TEXT)), '');
const time = v.pipe(v.number(), v.finite(), v.minValue(0));
const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LONGEST_TEXT));

/** A stretch of a person's own text that sounds uncertain or too broad. */
const Mark = v.object({ from: place, to: place, kind: v.picklist(['uncertain', 'broad']) });

const Practice = v.object({
  /** The person's own example prompt. */
  prompt: text,
  explanation: text,
  marks: v.fallback(v.array(Mark), []),
  detail: text,
  steps: v.fallback(v.strictTuple([v.object({ step: text, doubt: text }), v.object({ step: text, doubt: text })]), [
    { step: '', doubt: '' },
    { step: '', doubt: '' },
  ]),
  /** What a trusted source says of the term, and which source that was. */
  source: text,
  found: text,
  goal: text,
  constraints: text,
  verdict: text,
});

const Attempt = v.object({
  at: time,
  /** Of every question that was asked, by its id, whether it was answered rightly. */
  answers: v.record(v.string(), v.boolean()),
});

const Progress = v.object({
  lessons: v.record(v.string(), v.object({ readAt: time })),
  practice: Practice,
  attempts: v.array(Attempt),
});

export type Progress = v.InferOutput<typeof Progress>;
export type PracticeNotes = Progress['practice'];
export type TextMark = PracticeNotes['marks'][number];

export const EMPTY_PROGRESS: Progress = {
  lessons: {},
  practice: {
    ...{ prompt: '', explanation: '', marks: [], detail: '', source: '', found: '', goal: '', constraints: '', verdict: '' },
    steps: [
      { step: '', doubt: '' },
      { step: '', doubt: '' },
    ],
  },
  attempts: [],
};

export function writeProgress(progress: Progress): string {
  return JSON.stringify({ format: FORMAT, version: PROGRESS_VERSION, ...progress }, null, 1);
}

/**
 * @throws FailureError `progress-newer` for what a later version wrote, `progress-unreadable`, with what is wrong, for anything else that is not
 *   progress
 */
export function readProgress(file: string): Progress {
  const found = parse(file);
  if (!isRecord(found) || found.format !== FORMAT) throw unreadable('it does not say that it is progress of Foretoken');
  const { version } = found;
  if (typeof version === 'number' && version > PROGRESS_VERSION) {
    throw new FailureError(
      'progress-newer',
      `This progress was kept by a newer Foretoken (format ${version}; this page knows ${PROGRESS_VERSION}).`,
      'It is left as it is. Open it with the newer version.',
    );
  }
  if (version !== PROGRESS_VERSION) throw unreadable(`its version is ${String(version).slice(0, 40)}`);
  const parsed = v.safeParse(Progress, found);
  if (parsed.success) return parsed.output;
  throw unreadable(misfitOf(parsed.issues[0]));
}

function parse(file: string): unknown {
  try {
    return JSON.parse(file);
  } catch {
    throw unreadable('it is not JSON');
  }
}

function unreadable(why: string): FailureError {
  return new FailureError('progress-unreadable', `The progress cannot be read: ${why}.`, 'Choose a file that this page has saved.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
