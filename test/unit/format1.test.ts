import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/core/run/runSummary';
import type { RunEvent } from '../../src/core/types';
import { decodeLink, packTrace } from '../../src/formats/trace/link';
import { encodeTrace, readTrace, TRACE_VERSION, type Trace } from '../../src/formats/trace/trace';
import { entrySchema } from '../../src/store/recordings/archive';
import { historyWords } from '../../src/ui/texts/history';
import { recording } from '../../src/ui/texts/recording';

/** Recordings and a link as version 1 of the format wrote them. */
const FOLDER = path.join(import.meta.dirname, '../fixtures/format1');
const text = (file: string) => fs.readFileSync(path.join(FOLDER, file), 'utf8');
const read = (file: string) => readTrace(text(file));
const rounds = ({ events }: Trace) => events.filter((event) => event.type === 'round');
const startOf = ([start]: readonly RunEvent[]) => (start?.type === 'start' ? start : null);

describe('a trace of format 1', () => {
  it.each(['copy.json', 'copy-events.json', 'opening.json', 'question-sampled.json'])(
    '%s opens, and is written again as format 2',
    (file) => {
      expect(JSON.parse(text(file)).version).toBe(1);
      const trace = read(file);
      expect(rounds(trace).length).toBeGreaterThan(2);
      for (const document of [encodeTrace(trace.events, trace.about), packTrace(trace.events, trace.about)]) {
        const written = JSON.stringify(document);
        expect(document.version).toBe(TRACE_VERSION);
        expect(written).not.toMatch(/lookup/i);
        expect(readTrace(written)).toEqual(trace);
      }
    },
  );

  it.each(['copy.json', 'copy-events.json'])('%s tells which drafts were found by n-gram, and how many were allowed', (file) => {
    const trace = read(file);
    expect(rounds(trace).map(({ source }) => source)).toEqual([null, 'model', 'ngram', 'model', 'ngram']);
    expect(rounds(trace).map(({ limits }) => limits)).toEqual([
      { model: 0, ngram: 0 },
      ...Array.from({ length: 4 }, () => ({ model: 8, ngram: 8 })),
    ]);
    expect(startOf(trace.events)?.labels.draft).toBe('n-gram, then Good draft');
  });

  it('says in the words of today what drafted, and once', () => {
    const start = startOf(read('copy.json').events);
    expect(start && recording.how(start)).toBe('drafts by n-gram, then Good draft, γ 8, temperature 0');
    const summary = { ...summarise(read('copy.json').events), draft: 'n-gram lookup, then Good draft' };
    const entry = v.parse(entrySchema, { id: 'a', at: 0, bytes: 1, pinned: false, summary });
    expect(historyWords.how(entry.summary)).toBe('Speculative: n-gram, then Good draft, γ 8');
  });

  it('in a link opens as the file does', async () => {
    expect(await decodeLink(text('copy.link.txt').trim())).toEqual(read('copy.json'));
  });

  it('whose run repeats an earlier one keeps the list of its draft lengths', () => {
    const document = JSON.parse(text('copy-events.json'));
    document.events[0].settings.gamma = [{ model: 3, lookup: 7 }];
    expect(startOf(readTrace(JSON.stringify(document)).events)?.settings.gamma).toEqual([{ model: 3, ngram: 7 }]);
  });

  it('that is damaged is refused as any other', () => {
    const refused = (change: (document: { events: Record<string, unknown>[] }) => void) => {
      const document = JSON.parse(text('copy-events.json'));
      change(document);
      return () => readTrace(JSON.stringify(document));
    };
    expect(refused(({ events }) => Object.assign(events[3] ?? {}, { limits: { model: 4 } }))).toThrow('cannot be used');
    expect(refused(({ events }) => Object.assign(events[3] ?? {}, { limits: null }))).toThrow('cannot be used');
    expect(refused(({ events }) => Object.assign(events[3] ?? {}, { source: 'ngrams' }))).toThrow('cannot be used');
    expect(refused((document) => Object.assign(document, { events: 'none' }))).toThrow('cannot be used');
    expect(refused((document) => Object.assign(document, { columns: 7 }))).toThrow('cannot be used');
  });
});
