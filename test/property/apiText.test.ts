import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerText } from '../../src/api/answerText';
import { outputText, StopStrings } from '../../src/core/loop/text';
import type { RoundEvent, RunEvent, RunToken } from '../../src/core/types';

const token = (text: string): RunToken => ({ id: 1, verdict: 'plain', p: null, q: null, u: null, candidates: null, text });
const round = (tokens: readonly RunToken[], index: number): RoundEvent => ({
  ...{ type: 'round', index, tokens, readbacks: 1, limits: { model: 0, ngram: 0 }, source: null, device: null, startMs: 0, endMs: 0 },
});

/** Short texts of two letters hold parts of stop strings everywhere. */
const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 }), { maxLength: 12 });
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), { maxLength: 3 });

/** The rounds of a run that ends as the loop ends it: with the first token by which the text holds a stop string. */
function runOf(texts: readonly string[], strings: readonly string[], perRound: number): RunEvent[] {
  const watch = new StopStrings(strings);
  const tokens: RunToken[] = [];
  let stopString: string | null = null;
  for (const text of texts) {
    tokens.push(token(text));
    stopString = watch.push(text);
    if (stopString !== null) break;
  }
  const rounds = Array.from({ length: Math.ceil(tokens.length / perRound) }, (_, i) =>
    round(tokens.slice(i * perRound, (i + 1) * perRound), i),
  );
  const end = stopString === null ? ({ reason: 'length' } as const) : ({ reason: 'stop', stopString } as const);
  return [...rounds, { type: 'end', endMs: 0, ...end }];
}

it('the pieces of a stream make the text of the run, and never a part of the stop string that ended it', () => {
  fc.assert(
    fc.property(pieces, stops, fc.integer({ min: 1, max: 4 }), (texts, strings, perRound) => {
      const events = runOf(texts, strings, perRound);
      const answer = new AnswerText(strings);
      const streamed = events.flatMap((event) =>
        event.type === 'round' ? [answer.push(event)] : event.type === 'end' ? [answer.end(event)] : [],
      );
      const output = outputText(events);
      expect(streamed.map(({ text }) => text).join('')).toBe(output);
      // Of the tokens come those that begin in it, in their order, each with the place where it begins.
      const tokens = streamed.flatMap((piece) => piece.tokens);
      const committed = events
        .flatMap((event) => (event.type === 'round' ? event.tokens : []))
        .map((token, i, all) => ({ ...token, at: all.slice(0, i).reduce((at, { text }) => at + text.length, 0) }));
      expect(tokens).toEqual(committed.slice(0, tokens.length));
      const before = tokens
        .slice(0, -1)
        .map(({ text }) => text)
        .join('');
      if (tokens.length > 0 && tokens.length < committed.length) expect(before.length).toBeLessThan(output.length);
      expect(before + (tokens.at(-1)?.text ?? '')).toContain(output);
    }),
    { numRuns: 2000 },
  );
});
