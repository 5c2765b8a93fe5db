import { describe, expect, it } from 'vitest';
import { PersonDrafter, tidyTyped, tokenizeTyped } from '../../src/core/loop/person';
import { speculate } from '../../src/core/loop/speculate';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, TokenId } from '../../src/core/types';
import { FakeTarget, nextToken } from '../../src/model/fake';
import { tokenizerOf, WORDS } from '../support/words';

const wordTokenizer = tokenizerOf(WORDS);
const LANGUAGE = { vocabularySize: WORDS.length, order: 2, seed: 5 };
const CONTEXT = 200;
const PROMPT = [1, 2];
const decode = (ids: readonly TokenId[]) => wordTokenizer.decode(ids);

/** What the target itself writes after `history`. */
function own(history: readonly TokenId[], count: number): TokenId[] {
  const ids = [...history];
  while (ids.length < history.length + count) ids.push(nextToken(LANGUAGE, ids));
  return ids.slice(history.length);
}

interface Play {
  /** What the person types, from the tokens that are known, after `takesMs`; null: the person passes. */
  readonly type: (output: readonly TokenId[], most: number, round: number) => string | null;
  readonly takesMs?: number;
  readonly gamma?: number | 'auto';
  readonly maxTokens?: number;
  readonly vocabularySize?: number;
}

/** A run whose every draft is typed. */
async function play({ type, takesMs = 1000, gamma = 'auto', maxTokens = 12, vocabularySize = LANGUAGE.vocabularySize }: Play) {
  let time = 0;
  const clock = () => time;
  const events: RunEvent[] = [];
  const controller = new AbortController();
  const output = () => committedTokens(events).map(({ id }) => id);
  let round = 0;
  const person = new PersonDrafter({
    ...{ tokenizer: wordTokenizer, vocabularySize, promptLength: PROMPT.length, clock },
    ask: async ({ most }) => {
      time += takesMs;
      const typed = type(output(), most, round++);
      if (typed === 'STOP') controller.abort();
      return typed === 'STOP' ? null : typed;
    },
  });
  for await (const event of speculate(person, new FakeTarget(LANGUAGE, CONTEXT), {
    ...{ prompt: 'p', promptIds: PROMPT, stopTokens: new Set<TokenId>(), detokenizer: wordTokenizer, calibration: null },
    settings: { ...DEFAULT_RUN, drafting: 'person', gamma, maxTokens },
    labels: { target: 'target', draft: 'a person', adapter: 'none' },
    clock: () => (time += 1),
    signal: controller.signal,
  })) {
    events.push(event);
  }
  const rounds = events.filter((event) => event.type === 'round');
  return { events, rounds, ids: output() };
}

describe('a person who drafts', () => {
  it('has every token judged by the target, and the text stays the target’s own', async () => {
    // Right, right, wrong, never judged.
    const { rounds, ids, events } = await play({
      type: (output) => {
        const [first = 0, second = 0] = own([...PROMPT, ...output], 2);
        return decode([first, second, (own([...PROMPT, ...output], 3)[2] as number) === 4 ? 5 : 4, 6]);
      },
      gamma: 4,
    });
    expect(ids).toEqual(own(PROMPT, 12));
    expect(rounds[1]?.tokens.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'rejected', 'discarded', 'corrected']);
    expect(rounds[1]).toMatchObject({ source: 'person', limits: { model: 0, ngram: 0, person: 4 } });
    expect(rounds[1]?.tokens.slice(0, 4).map(({ q }) => q)).toEqual([1, 1, 1, 1]);
    expect(tally(events)).toMatchObject({ accepted: 7, rejected: 3, discarded: 3 });
  });

  it('is never asked before the target’s first token, nor for more than the run has room for', async () => {
    const asked: number[] = [];
    await play({
      type: (output, most) => {
        asked.push(most, output.length);
        return decode(own([...PROMPT, ...output], 16));
      },
      maxTokens: 22,
    });
    // 22 tokens: one, then 16 and the target's own after them, then the rest without the target's own.
    expect(asked).toEqual([16, 1, 3, 18]);
  });

  it('may pass: the round is plain', async () => {
    const { rounds, ids } = await play({ type: () => null, maxTokens: 4 });
    expect(rounds.map(({ source, tokens }) => [source, tokens.length])).toEqual([null, null, null, null].map((none) => [none, 1]));
    expect(ids).toEqual(own(PROMPT, 4));
  });

  it('passes on text that the tokenizer cannot encode, and leaves out the text after an unknown id', async () => {
    const nothing = await play({ type: () => '', maxTokens: 3 });
    expect(nothing.rounds.map(({ source }) => source)).toEqual([null, null, null]);
    const { rounds } = await play({ type: () => decode([1, 9, 2]), maxTokens: 6, vocabularySize: 9 });
    expect(rounds[1]?.tokens.map(({ id }) => id).slice(0, 1)).toEqual([1]);
    expect(rounds[1]?.tokens.filter(({ q }) => q === 1)).toHaveLength(1);
  });

  it('is left out of the run’s times, and reported separately; tokens per second are not claimed', async () => {
    const { events, rounds } = await play({ type: (output) => decode(own([...PROMPT, ...output], 1)), takesMs: 60_000, maxTokens: 5 });
    expect(rounds.map(({ waitedMs }) => waitedMs)).toEqual([0, 60_000, 60_000]);
    for (const { startMs, endMs } of rounds) {
      expect(endMs).toBeGreaterThan(startMs);
      expect(endMs - startMs).toBeLessThan(100);
    }
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
    expect(tally(events)).toMatchObject({ tokensPerSecond: null, waitedMs: 120_000 });
    expect(tally(events).decodeMs).toBeLessThan(100);
  });

  it('who is waited for when the run is stopped makes the target write nothing more', async () => {
    const { events, ids } = await play({ type: (_, __, round) => (round === 2 ? 'STOP' : null) });
    expect(ids).toEqual(own(PROMPT, 3));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    expect((events.at(-1) as { endMs: number }).endMs).toBeLessThan(100);
  });

  it('may type a hundred thousand characters', async () => {
    const { rounds } = await play({ type: () => ' fox'.repeat(25_000), maxTokens: 40 });
    expect(rounds[1]?.tokens.length).toBeLessThanOrEqual(17);
  });
});

describe('what is typed', () => {
  const words = [...WORDS, ' run', 'ning', ' running'];
  const tokenizer = tokenizerOf(words);
  const id = (word: string) => words.indexOf(word);

  it('is cut together with the text before it, where that leaves the text as it is', () => {
    expect(tokenizeTyped(' fox ran', [id(' the')], tokenizer)).toEqual([id(' fox'), id(' ran')]);
    expect(tokenizeTyped(' the', [], tokenizer)).toEqual([id(' the')]);
  });

  it('is cut alone, where both together would be other tokens', () => {
    // "run" and "ning" are one token together, but the text already has "run" for itself.
    expect(tokenizer.encode(' running')).toEqual([id(' running')]);
    expect(tokenizeTyped('ning', [id(' run')], tokenizer)).toEqual([id('ning')]);
  });

  it('is nothing where nothing was typed', () => {
    expect(tokenizeTyped('', [id(' the')], tokenizer)).toEqual([]);
  });

  it('gives the tokenizer no half of a character where what was typed is cut', async () => {
    const seen: string[] = [];
    const tokenizer = { decode: () => '', encode: (text: string) => [seen.push(text)] };
    const drafter = new PersonDrafter({
      ...{ tokenizer, vocabularySize: 100, promptLength: PROMPT.length, clock: () => 0 },
      ask: async () => `a${'\u{1F600}'.repeat(40)}`,
    });
    await drafter.propose(PROMPT, { model: 0, ngram: 0, person: 1 });
    expect(seen.length).toBeGreaterThan(0);
    for (const text of seen) expect(text).not.toMatch(/\p{Cs}/u);
  });
});

describe('blanks that a person types', () => {
  it.each([
    ['a second one before a word', 'a fox', '  was here', ' was here'],
    ['many, and one that does not break', 'a fox', ' \u00a0\t was', ' was'],
    ['one at the end', 'a fox', ' was ', ' was'],
    ['many at the end', 'a fox', ' was  \t', ' was'],
    ['two between words', 'a fox', ' was  here', ' was here'],
    ['one at the beginning of a text', '', ' Once', 'Once'],
    ['one after a space', 'a fox ', ' was', 'was'],
    ['one before a line break', 'a fox', ' \nwas', '\nwas'],
    ['some around a line break', 'a fox', ' was \n', ' was\n'],
    ['nothing else', 'a fox', '   ', ' '],
  ])('count for nothing: %s', (_, text, typed, tidy) => {
    expect(tidyTyped(typed, text)).toBe(tidy);
  });

  it.each([
    ['a word is gone on with', 'a fo', 'x was', 'x was'],
    ['a line is indented that the text has begun', 'def add(a, b):\n', '    return a', '    return a'],
    ['a line is indented that was typed too', 'def add(a, b):', '\n    return a', '\n    return a'],
    ['an indent is all that is typed', 'def add(a, b):\n', '    ', '    '],
  ])('are left as they are where %s', (_, text, typed, tidy) => {
    expect(tidyTyped(typed, text)).toBe(tidy);
  });
});
