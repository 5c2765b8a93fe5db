import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import type { RunEvent } from '../../src/core/types';
import { decodeTrace, encodeTrace, readTrace } from '../../src/model/trace';
import { decodeLink, encodeLink, LINK_LIMIT, packTrace } from '../../src/model/traceLink';
import { changeOne } from '../support/changeOne';
import { runsThatEnded } from '../support/runsThatEnded';

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

describe('what is no trace', () => {
  it('is refused by one of two codes, whatever it is', async () => {
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
