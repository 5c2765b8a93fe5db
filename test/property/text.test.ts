import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speculate } from '../../src/core/loop/speculate';
import { outputText, StopStrings, TextStream } from '../../src/core/loop/text';
import { judgeGreedy } from '../../src/core/loop/verify';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { Detokenizer, RunEvent, Target, TokenId } from '../../src/core/types';

/** Byte-level tokens, as in a byte-level BPE: the text is the UTF-8 of all bytes in a row. */
class ByteTokens implements Detokenizer {
  readonly #pieces: Uint8Array[] = [];

  /** The id of a token that stands for `bytes`. */
  add(bytes: Uint8Array): TokenId {
    return this.#pieces.push(bytes) - 1;
  }

  decode(ids: readonly TokenId[]): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids.flatMap((id) => Array.from(this.#pieces[id] ?? []))));
  }
}

/**
 * Pieces in the manner of sentencepiece: "▁" is a blank, the text's first blank is dropped, and bytes of characters that
 * are in no piece stand as tokens of one byte each; a row of those that is not UTF-8 becomes one U+FFFD a byte.
 */
class PieceTokens implements Detokenizer {
  readonly #pieces: (string | number)[] = [];

  add(piece: string | number): TokenId {
    return this.#pieces.push(piece) - 1;
  }

  decode(ids: readonly TokenId[]): string {
    let text = '';
    let bytes: number[] = [];
    const flush = () => {
      try {
        text += new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
      } catch {
        text += '\uFFFD'.repeat(bytes.length);
      }
      bytes = [];
    };
    for (const id of ids) {
      const piece = this.#pieces[id] as string | number;
      if (typeof piece === 'number') bytes.push(piece);
      else {
        flush();
        text += piece.replaceAll('▁', ' ');
      }
    }
    flush();
    return text.replace(/^ /, '');
  }
}

// U+FFFD in a text cannot be told from an incomplete character until the next token, so it is left out.
const characters = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', ' ', '\n', 'é', '你', '好', '🦊', '👩‍🚀') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => text !== '\uFFFD') },
);
const texts = fc.array(characters, { maxLength: 30, size: 'max' }).map((list) => list.join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });

/** `bytes` in pieces whose lengths go round `lengths`. */
function chop(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengths[pieces.length % lengths.length] as number;
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

function chopText(detokenizer: ByteTokens, text: string, lengths: readonly number[]): TokenId[] {
  return chop(new TextEncoder().encode(text), lengths).map((piece) => detokenizer.add(piece));
}

describe('TextStream', () => {
  it('adds up to the whole text, wherever tokens cut its characters', () => {
    fc.assert(
      fc.property(texts, cuts, (text, lengths) => {
        const detokenizer = new ByteTokens();
        const ids = chopText(detokenizer, text, lengths);
        const stream = new TextStream(detokenizer);
        expect(ids.map((id) => stream.push(id)).join('')).toBe(detokenizer.decode(ids));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives every character with the token that completes it', () => {
    fc.assert(
      fc.property(texts, cuts, (text, lengths) => {
        const detokenizer = new ByteTokens();
        const stream = new TextStream(detokenizer);
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        for (const piece of chop(new TextEncoder().encode(text), lengths)) {
          expect(stream.push(detokenizer.add(piece))).toBe(decoder.decode(piece, { stream: true }));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('adds up to the whole text of pieces whose first blank is dropped and whose rare characters are bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom('▁the', '▁', '▁▁', 'fox', '\n', '▁a', '.', 'é').map((text): (string | number)[] => [text]),
      fc.constantFrom('你', '🦊', 'ß').map((rare): (string | number)[] => Array.from(new TextEncoder().encode(rare))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30, size: 'max' }), (pieces) => {
        const detokenizer = new PieceTokens();
        const ids = pieces.flat().map((each) => detokenizer.add(each));
        const stream = new TextStream(detokenizer);
        expect(ids.map((id) => stream.push(id)).join('')).toBe(detokenizer.decode(ids));
      }),
      { numRuns: 2000 },
    );
  });

  it('lets bytes through that are not UTF-8, a few tokens late', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40, size: 'max' }), cuts, (bytes, lengths) => {
        const detokenizer = new ByteTokens();
        const ids = chop(bytes, lengths).map((piece) => detokenizer.add(piece));
        const stream = new TextStream(detokenizer);
        const shown = [...ids, detokenizer.add(new TextEncoder().encode('end'))].map((id) => stream.push(id)).join('');
        expect(shown.endsWith('end')).toBe(true);
        expect(shown.length).toBeGreaterThanOrEqual(3 + (bytes.length > 0 ? 1 : 0));
      }),
    );
    const detokenizer = new ByteTokens();
    const bad = detokenizer.add(Uint8Array.of(0xff));
    const stream = new TextStream(detokenizer);
    expect(Array.from({ length: 8 }, () => stream.push(bad)).join('').length).toBeGreaterThanOrEqual(4);
  });

  it('shows a draft as it will read if it is accepted, and commits nothing by that', () => {
    fc.assert(
      fc.property(texts, cuts, fc.nat(20), (text, lengths, committed) => {
        const detokenizer = new ByteTokens();
        const ids = chopText(detokenizer, text, lengths);
        const stream = new TextStream(detokenizer);
        const first = ids.slice(0, committed).map((id) => stream.push(id));
        const ahead: TokenId[] = [];
        for (const id of ids.slice(committed)) {
          const shown = stream.peek(id, ahead);
          expect(detokenizer.decode([...ids.slice(0, committed), ...ahead, id]).endsWith(shown)).toBe(true);
          ahead.push(id);
        }
        const rest = ids.slice(committed).map((id) => stream.push(id));
        expect([...first, ...rest].join('')).toBe(detokenizer.decode(ids));
      }),
      { numRuns: 500 },
    );
  });
});

describe('stop strings', () => {
  const strings = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 4 }), { maxLength: 3 });
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'c'), maxLength: 5 }), { maxLength: 12 });

  it('are found with the piece that completes them, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(strings, pieces, (sought, cut) => {
        const stop = new StopStrings(sought);
        let text = '';
        for (const piece of cut) {
          text += piece;
          const expected = sought.some((string) => text.includes(string));
          const found = stop.push(piece);
          expect(found !== null).toBe(expected);
          if (found === null) continue;
          expect(sought.every((string) => text.indexOf(string) === -1 || text.indexOf(string) >= text.indexOf(found))).toBe(true);
          return;
        }
      }),
      { numRuns: 3000 },
    );
  });

  const bytes = (text: string) => new TextEncoder().encode(text);

  it('end the output where the first match begins, however the bytes are cut into tokens', async () => {
    const letters = fc.string({ unit: fc.constantFrom('l', 'e', 'é', '🦊', ' '), maxLength: 14 });
    const sets = fc.array(fc.string({ unit: fc.constantFrom('l', 'e', 'é', '🦊'), minLength: 1, maxLength: 3 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(letters, cuts, sets, async (text, lengths, stopStrings) => {
        const pieces = chop(bytes(text), lengths);
        fc.pre(pieces.length > 0);
        const expected = reference(pieces, stopStrings);
        expect(outputText(await write(pieces, stopStrings))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['He fell', ['He', ' fell'], ['l'], 'He fe'],
    ['one that begins earlier, named later', ['He', ' fell'], ['l', 'el'], 'He f'],
    ['a match across two tokens, repeated in the second', ['a', 'bab'], ['ab'], ''],
  ])('leaves nothing of a stop string that its last token repeats: %s', async (_, pieces, stopStrings, expected) => {
    expect(outputText(await write(pieces.map(bytes), stopStrings))).toBe(expected);
  });
});

/** What a run has to give, by plain search: it ends with the first token by which its whole characters hold a string, and goes up to the earliest. */
function reference(pieces: readonly Uint8Array[], stopStrings: readonly string[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for (const piece of pieces) {
    text += decoder.decode(piece, { stream: true });
    const places = stopStrings.map((string) => text.indexOf(string)).filter((at) => at !== -1);
    if (places.length > 0) return text.slice(0, Math.min(...places));
  }
  return text;
}

/** A plain run whose target writes `pieces`, one a token. */
async function write(pieces: readonly Uint8Array[], stopStrings: readonly string[]): Promise<RunEvent[]> {
  const detokenizer = new ByteTokens();
  const prompt = detokenizer.add(new Uint8Array());
  const ids = pieces.map((piece) => detokenizer.add(piece));
  const target: Target = {
    capabilities: { vocabularySize: 1 << 20, contextLength: 1 << 20, passLength: 1 << 20 },
    cachedLength: 0,
    begin: async () => undefined,
    prefill: async () => undefined,
    truncate: () => undefined,
    verify: async (history) => ({ ...judgeGreedy([], [{ id: ids[history.length - 1] as TokenId, p: 1 }]), readbacks: 1, device: null }),
  };
  const events: RunEvent[] = [];
  const run = {
    ...{ prompt: 'any', promptIds: [prompt], calibration: null, stopTokens: new Set<TokenId>(), detokenizer },
    settings: { ...DEFAULT_RUN, mode: 'plain' as const, maxTokens: ids.length, stopStrings },
    labels: { target: 'target', draft: null, adapter: 'none' },
    clock: () => 0,
    signal: { aborted: false },
  };
  for await (const event of speculate(null, target, run)) events.push(event);
  return events;
}
