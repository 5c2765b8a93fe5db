import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { PersonDrafter } from '../../src/core/loop/person';
import { speculate } from '../../src/core/loop/speculate';
import { summarise } from '../../src/core/run/runSummary';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { DeviceTimes, RunEvent } from '../../src/core/types';
import { decodeLink, encodeLink, LINK_LIMIT, packTrace } from '../../src/formats/trace/link';
import { decodeTrace, encodeTrace, readTrace } from '../../src/formats/trace/trace';
import { changeOne } from '../support/changeOne';
import { runsThatEnded } from '../support/runEvents';
import { slowPair, Time } from '../support/slowPair';
import { tokenizerOf, WORDS } from '../support/words';

const about = { title: 'A run', recordedAt: '2026-11-25T03:00:00.000Z', machine: 'a machine', leftOut: [] };

/** What stays of a run whatever is rounded: all but times and probabilities. */
function essence(events: readonly RunEvent[]) {
  return events.map((event) => {
    if (event.type === 'round') {
      const { index, readbacks, limits, source, waitedMs } = event;
      return {
        index,
        readbacks,
        limits,
        source,
        waited: waitedMs !== undefined,
        tokens: event.tokens.map(({ id, verdict, text }) => ({ id, verdict, text })),
      };
    }
    if (event.type === 'end') return { ...event, endMs: 0 };
    return event.type === 'prefill' ? { ...event, endMs: 0 } : { ...event, calibration: null };
  });
}

async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'none';
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure.code;
    throw thrown;
  }
}

describe('a trace', () => {
  it('comes back from its document as it was, whatever the run', () => {
    fc.assert(
      fc.property(runsThatEnded, (events) => {
        const text = JSON.stringify(encodeTrace(events, about));
        expect(readTrace(text)).toEqual({ about, events });
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back from its columns with every token and verdict, times within 10 µs and probabilities within 0.0001', () => {
    fc.assert(
      fc.property(runsThatEnded, (events) => {
        const { events: read } = readTrace(JSON.stringify(packTrace(events, about)));
        expect(essence(read)).toEqual(essence(events));
        expect(packTrace(read, about)).toEqual(packTrace(events, about));
        for (const [i, event] of read.entries()) {
          const before = events[i];
          if (event.type === 'start' || before?.type === 'start' || !before) continue;
          expect(Math.abs(event.endMs - before.endMs)).toBeLessThan(0.00501);
          if (event.type !== 'round' || before.type !== 'round') continue;
          for (const [j, { p, candidates }] of event.tokens.entries()) {
            expect(Math.abs((p ?? 0) - (before.tokens[j]?.p ?? 0))).toBeLessThan(0.0000501);
            expect(candidates?.residual.map(({ text }) => text)).toEqual(before.tokens[j]?.candidates?.residual.map(({ text }) => text));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back from a link, which says what it left out, and is never longer than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(runsThatEnded, fc.integer({ min: 300, max: LINK_LIMIT }), async (events, room) => {
        const link = await encodeLink(events, about, room);
        if (!link) return;
        expect(link.payload.length).toBeLessThanOrEqual(room);
        expect(link.payload).toMatch(/^[\w-]+$/);
        const read = await decodeLink(link.payload);
        expect(essence(read.events)).toEqual(essence(events));
        expect(read.about).toEqual({ ...about, leftOut: link.leftOut });
      }),
      { numRuns: 300 },
    );
  });
});

/** What a clock may say: it goes on a little, stands still, steps back, leaps by years, or says what is not a number. */
const reading = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 50, noNaN: true }) },
  { weight: 3, arbitrary: fc.constantFrom(0, -1, -1e4, 1e12, -1e12, Number.NaN, Infinity, -Infinity, 5e-324, 1e308) },
);
const deviceTime = fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constantFrom(0, -0, -1e-6, -1e9, 1e300, Number.NaN, Infinity));

/** A run of the loop itself on such clocks, of a model's drafts or of a person's, with the lengths that it chooses. */
async function runBy(
  steps: readonly number[],
  device: readonly DeviceTimes[],
  stepMs: number,
  by: 'model' | 'person',
): Promise<RunEvent[]> {
  const language = { vocabularySize: WORDS.length, order: 2, seed: 3 };
  let [at, told, now] = [0, 0, 0];
  const clock = () => {
    const step = steps[at++ % steps.length] as number;
    if (Number.isFinite(step)) now += step;
    return Number.isFinite(step) ? now : step;
  };
  const { drafter, target } = slowPair(new Time(), language, 400, () => device[told++ % Math.max(1, device.length)] ?? null);
  const tokenizer = tokenizerOf(WORDS);
  const promptIds = [1, 2, 3];
  const ask = async () => WORDS[1] ?? null;
  const { vocabularySize } = language;
  const person = new PersonDrafter({ tokenizer, vocabularySize, promptLength: promptIds.length, ask, clock });
  const events: RunEvent[] = [];
  for await (const event of speculate(by === 'person' ? person : drafter, target, {
    ...{ prompt: 'A fox.', promptIds, stopTokens: new Set<number>(), detokenizer: tokenizer, signal: { aborted: false } },
    settings: { ...DEFAULT_RUN, drafting: by, maxTokens: 30 },
    labels: { target: 'target', draft: 'draft', adapter: 'memory' },
    ...{ clock, clockStepMs: stepMs, calibration: null, readbackMs: null },
  }))
    events.push(event);
  return events;
}

describe('what the loop and the page put no bound to', () => {
  const long = 'x'.repeat(150_000);
  const sampling = { ...DEFAULT_RUN.sampling, logitBias: Object.fromEntries(Array.from({ length: 5000 }, (_, token) => [token, 1])) };
  const settings = { ...DEFAULT_RUN, format: { type: 'json', schema: long }, stopStrings: [long.slice(0, 5000)], sampling } as const;
  const labels = { target: long, draft: long, adapter: long };
  const failure = { code: 'invalid-setting', message: long, hint: long } as const;

  it('is read back too: long names, formats, stop strings and messages, many biases, probabilities beside 0 and 1', async () => {
    const token = { id: 1, verdict: 'plain', p: -1e-17, q: null, u: Number.NaN, candidates: null, text: ' a' } as const;
    const events: RunEvent[] = [
      { type: 'start', prompt: 'A fox.', promptIds: [1], settings, labels, calibration: null },
      {
        ...{ type: 'round', index: 0, tokens: [token], readbacks: 1, limits: { model: 0, ngram: 0 } },
        ...{ source: null, device: null, startMs: 0, endMs: 1 },
      },
      { type: 'end', reason: 'failed', failure, endMs: 2 },
    ];
    const [start, round, end] = readTrace(JSON.stringify(encodeTrace(events, about))).events;
    expect(start).toMatchObject({ settings, labels: { adapter: 'x'.repeat(400) } });
    expect(round).toMatchObject({ tokens: [{ p: 0, u: null }] });
    expect(end).toMatchObject({ failure: { message: 'x'.repeat(2000) } });
    expect(essence(readTrace(JSON.stringify(packTrace(events, about))).events)).toMatchObject([{ settings }, {}, { reason: 'failed' }]);
  });
});

describe('a run of the loop, whatever the clocks of browser and device say', () => {
  it('is read back from its file and its link, and has a summary that the history can keep', async () => {
    const anyDevice = fc.array(fc.record({ draftMs: deviceTime, verifyMs: deviceTime }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { minLength: 1, maxLength: 12 }),
        anyDevice,
        fc.constantFrom(0.1, 16.7, Infinity),
        fc.constantFrom('model' as const, 'person' as const),
        async (steps, device, stepMs, by) => {
          const events = await runBy(steps, device, stepMs, by);
          expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
          const file = JSON.stringify(encodeTrace(events, about));
          expect(readTrace(file).events).toEqual(JSON.parse(JSON.stringify(events)));
          const link = await encodeLink(events, about, LINK_LIMIT);
          expect(essence((await decodeLink(link?.payload ?? '')).events)).toEqual(essence(events));
          const { tokensPerSecond, decodeMs } = summarise(events) ?? { tokensPerSecond: Number.NaN, decodeMs: Number.NaN };
          expect(Number.isFinite(tokensPerSecond ?? 0) && Number.isFinite(decodeMs)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an invalid trace', () => {
  it('is refused by one of two codes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (value) => {
        expect(await refusal(() => decodeTrace(value))).toBe('trace-invalid');
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused where anything in a good one was changed into something else, or is a good one still', async () => {
    await fc.assert(
      fc.asyncProperty(runsThatEnded, fc.boolean(), fc.nat(), fc.anything(), async (events, packed, at, value) => {
        const document = JSON.parse(JSON.stringify(packed ? packTrace(events) : encodeTrace(events)));
        changeOne(document, at, value);
        expect(['none', 'trace-invalid', 'trace-newer']).toContain(await refusal(() => decodeTrace(document)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused as a link too: 10,000 malformed links, none of which throws anything else', async () => {
    const [events = []] = fc.sample(runsThatEnded, { numRuns: 1, seed: 7 });
    const good = (await encodeLink(events, about, LINK_LIMIT))?.payload ?? '';
    const malformed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.base64String({ maxLength: 400 }).map((text) => `1${text.replace(/[+/=]/g, '-')}`),
      fc.nat(good.length - 1).map((at) => good.slice(0, at)),
      fc
        .tuple(fc.nat(good.length - 1), fc.constantFrom('A', '_', '9', '<', '%'))
        .map(([at, by]) => good.slice(0, at) + by + good.slice(at + 1)),
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(malformed, async (payload) => {
        const code = await refusal(() => decodeLink(payload));
        seen.add(code);
        expect(['none', 'trace-invalid', 'trace-newer']).toContain(code);
      }),
      { numRuns: 10_000 },
    );
    expect(seen.has('trace-invalid')).toBe(true);
  });
});
