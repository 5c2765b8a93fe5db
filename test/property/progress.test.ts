import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { EMPTY_PROGRESS, PROGRESS_VERSION, readProgress, writeProgress } from '../../src/formats/progress';

const RUNS = 3000;
const text = fc.string({ maxLength: 60 });
/** What no record may hold: valibot leaves such keys out. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
const key = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !RESERVED.has(name));
const time = fc.integer({ min: 0, max: 2 ** 45 });

const progress = fc.record({
  lessons: fc.dictionary(key, fc.record({ readAt: time })),
  practice: fc.record({
    ...{ prompt: text, explanation: text, detail: text, source: text, found: text, goal: text, constraints: text, verdict: text },
    marks: fc.array(fc.record({ from: fc.nat(50), to: fc.nat(50), kind: fc.constantFrom('uncertain' as const, 'broad' as const) })),
    steps: fc.tuple(fc.record({ step: text, doubt: text }), fc.record({ step: text, doubt: text })),
  }),
  attempts: fc.array(fc.record({ at: time, answers: fc.dictionary(key, fc.boolean()) })),
});

/** What reading does with `file`: progress, or a failure with a code of its own. */
function outcome(file: string): 'read' | 'progress-unreadable' | 'progress-newer' {
  try {
    readProgress(file);
    return 'read';
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    const { code, message, hint } = thrown.failure;
    expect(message.length).toBeLessThan(600);
    expect(hint).not.toBe('');
    if (code !== 'progress-unreadable' && code !== 'progress-newer') throw new Error(`an unexpected code: ${code}`);
    return code;
  }
}

describe('a progress file', () => {
  it('that was written is read again as it was', () => {
    fc.assert(
      fc.property(progress, (written) => {
        expect(readProgress(writeProgress(written))).toEqual(written);
      }),
      { numRuns: RUNS },
    );
    expect(readProgress(writeProgress(EMPTY_PROGRESS))).toEqual(EMPTY_PROGRESS);
  });

  it('that is anything at all never throws uncaught', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((value) => JSON.stringify(value) ?? ''),
        ),
        (file) => {
          expect(outcome(file)).not.toBe('read');
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('that is progress with one part replaced by anything is read or refused with a clear message', () => {
    const paths = fc.constantFrom('lessons', 'practice', 'attempts', 'practice.marks', 'practice.steps', 'practice.prompt', 'format');
    fc.assert(
      fc.property(progress, paths, fc.jsonValue(), (written, path, value) => {
        const document = JSON.parse(writeProgress(written)) as Record<string, unknown>;
        const [first = '', second] = path.split('.');
        const inner = document[first];
        if (second === undefined) document[first] = value;
        else if (typeof inner === 'object' && inner !== null) Object.assign(inner, { [second]: value });
        expect(['read', 'progress-unreadable']).toContain(outcome(JSON.stringify(document)));
      }),
      { numRuns: RUNS },
    );
  });

  it('that was cut short or altered in a letter is read or refused with a clear message', () => {
    fc.assert(
      fc.property(progress, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (written, at, letter) => {
        const file = writeProgress(written);
        const place = at % file.length;
        outcome(file.slice(0, place));
        outcome(`${file.slice(0, place)}${letter}${file.slice(place + 1)}`);
      }),
      { numRuns: RUNS },
    );
  });

  it('of a newer version is refused as that, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: PROGRESS_VERSION + 1, max: 1e6 }), fc.jsonValue(), (version, rest) => {
        expect(outcome(JSON.stringify({ format: 'foretoken-progress', version, rest }))).toBe('progress-newer');
      }),
      { numRuns: 500 },
    );
  });
});
