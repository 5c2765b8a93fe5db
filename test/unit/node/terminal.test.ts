import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { usageOf } from '../../../src/api/usage';
import { outputText } from '../../../src/core/loop/text';
import { committedTokens } from '../../../src/core/run/tally';
import type { RoundEvent, RunEvent, RunSettings } from '../../../src/core/types';
import { readTrace } from '../../../src/formats/trace/trace';
import { countsInWords, gainInWords, gainOf, toldRun } from '../../../src/node/terminal/counts';
import { harmless, legend, paintRound, showsColours } from '../../../src/node/terminal/paint';
import { ODD_TEXTS } from '../../support/runEvents';

const folder = path.resolve(import.meta.dirname, '../../../public/traces');
const recorded = (name: string) => readTrace(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')).events;
function settingsOf(name: string): RunSettings {
  const [start] = recorded(name);
  if (start?.type !== 'start') throw new Error(`${name} has no start`);
  return start.settings;
}
const rounds = (events: readonly RunEvent[]) => events.filter((event): event is RoundEvent => event.type === 'round');
const painted = (events: readonly RunEvent[], colours: boolean, rejected: boolean) =>
  rounds(events)
    .map((round) => paintRound(round, { colours, rejected }))
    .join('');

describe('tokens on a terminal', () => {
  const weak = recorded('function-weak');

  it('are the text, and nothing else, without colours', () => {
    expect(painted(weak, false, false)).toBe(outputText(weak));
    expect(legend({ colours: false, rejected: true })).toBe('');
  });

  it('are the same text in the colours of their verdicts', () => {
    const text = painted(weak, true, false);
    expect(stripVTControlCharacters(text)).toBe(outputText(weak));
    for (const style of ['32', '1;33', '0']) expect(text).toContain(`\x1b[${style}m`);
    expect(text).not.toContain('\x1b[9;');
  });

  it('show what was refused before what stands in its place', () => {
    const round = rounds(weak).find(({ tokens }) => tokens.some(({ verdict, text }) => verdict === 'rejected' && text.trim() !== ''));
    if (!round) throw new Error('nothing was rejected');
    const rejected = round.tokens.find(({ verdict }) => verdict === 'rejected')?.text ?? '';
    expect(paintRound(round, { colours: true, rejected: true })).toContain(`\x1b[9;31m${rejected}\x1b[0m`);
    expect(paintRound(round, { colours: false, rejected: true })).toMatch(/^[^~]*~[^~]+~[^~]+$/);
    expect(paintRound(round, { colours: false, rejected: true })).toContain(`~${rejected}`);
    expect(legend({ colours: true, rejected: true })).toMatch(/accepted.*rejected.*discarded.*corrected.*bonus/);
  });

  it.each(ODD_TEXTS.map((text) => [text]))('obey nothing that a model wrote: %j', (text) => {
    const shown = harmless(text);
    expect(shown.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(shown).toHaveLength(text.length);
  });

  it('have colours where they are seen, unless something is said against it', () => {
    const terminal = { isTTY: true };
    expect([showsColours(terminal, {}), showsColours({}, {})]).toEqual([true, false]);
    expect([showsColours(terminal, { NO_COLOR: '1' }), showsColours(terminal, { TERM: 'dumb' })]).toEqual([false, false]);
    expect([showsColours({}, { FORCE_COLOR: '1' }), showsColours(terminal, { FORCE_COLOR: '0' })]).toEqual([true, false]);
    expect(showsColours({}, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  });
});

describe('the counts of a run', () => {
  const told = (name: string) => toldRun(recorded(name), settingsOf(name), null);

  it('are told in words and to programs alike', () => {
    const counts = told('function-weak');
    const words = countsInWords(recorded('function-weak'));
    expect(words).toContain(`${counts.completion_tokens} tokens in `);
    expect(words).toContain(`${counts.target_passes} target passes of ${counts.mean_acceptance_length?.toFixed(2)} tokens on average`);
    expect(words).toContain(
      `${counts.drafted} drafted: ${counts.accepted} accepted, ${counts.rejected} rejected, ${counts.discarded} discarded`,
    );
    expect(counts.accepted + counts.rejected + counts.discarded).toBe(counts.drafted);
    expect(countsInWords(recorded('story-plain'))).toMatch(/nothing drafted\.$/);
  });

  it('are of passes, where plain tokens were read back together', () => {
    const events = recorded('story-plain').map((event) => (event.type === 'round' && event.index === 1 ? { ...event, passes: 4 } : event));
    const { rounds: count, target_passes: passes, mean_acceptance_length: length } = toldRun(events, settingsOf('story-plain'), null);
    expect(passes).toBe(count + 3);
    // Three of them were computed past the end, for nothing.
    expect(length).toBeCloseTo(committedTokens(events).length / count);
    expect(countsInWords(events)).toContain(`${passes} target passes, nothing drafted.`);
  });

  it('are the API’s: without the stop token that ends an answer', () => {
    const events = recorded('counting');
    const committed = committedTokens(events);
    expect([events.at(-1), committed.at(-1)?.text]).toMatchObject([{ reason: 'stop', stopString: null }, '']);
    const { completion_tokens: completion, tokens, text } = told('counting');
    expect(completion).toBe(usageOf([{ prompt: 0, events, plainBecause: null }], 0).completion_tokens);
    expect([completion, tokens.length]).toEqual([committed.length - 1, committed.length - 1]);
    expect(tokens.map((token) => token.text).join('')).toBe(text);
  });

  it('are explained to programs, field by field', () => {
    const document = fs.readFileSync(path.join(folder, '../../docs/server.md'), 'utf8');
    const [, section = ''] = document.split('### What --json writes\n');
    const rows = [...section.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w.]+)`/g)]);
    const gain = { output: 'identical', speedup: 2, tokensPerSecond: { speculative: 2, plain: 1 } } as const;
    const fields = fieldsOf(toldRun(recorded('counting'), settingsOf('counting'), gain));
    expect(rows.map(([, name]) => name).sort()).toEqual(fields.sort());
  });
});

/** The names of fields, and those of what they hold, as `settings.seed`. */
function fieldsOf(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([name, each]) => {
    const held = Array.isArray(each) ? each[0] : each;
    return typeof held === 'object' && held !== null ? fieldsOf(held, `${before}${name}.`) : [before + name];
  });
}

describe('a comparison', () => {
  const [speculative, plain] = [recorded('story'), recorded('story-plain')];

  it('says whether the output is the same, and what was gained', () => {
    const gain = gainOf([[speculative, plain]]);
    expect(gain.output).toBe('identical');
    const { speculative: fast, plain: slow } = gain.tokensPerSecond;
    expect(gain.speedup).toBeCloseTo((fast ?? 0) / (slow ?? 1));
    expect(gainInWords(gain)).toContain(
      `The output is the same, token for token.\nSpeculative decoding was ${gain.speedup?.toFixed(2)} times`,
    );
  });

  it('is only as good as its worst pair', () => {
    const cut = [...plain.slice(0, 6), { type: 'end', reason: 'aborted', endMs: plain[5]?.type === 'round' ? plain[5].endMs : 0 } as const];
    expect(
      gainOf([
        [speculative, plain],
        [speculative, cut],
      ]).output,
    ).toBe('partly');
    const other = plain.map((event) =>
      event.type === 'round' ? { ...event, tokens: event.tokens.map((token) => ({ ...token, id: token.id + 1 })) } : event,
    );
    const different = gainOf([
      [speculative, plain],
      [speculative, other],
    ]);
    expect(gainInWords(different)).toContain('The output differs.');
  });

  it('says so where there is nothing to tell speeds by', () => {
    expect(gainInWords({ output: 'sampled', speedup: null, tokensPerSecond: { speculative: null, plain: null } })).toMatch(
      /two draws .*\nThe clock is too coarse/,
    );
  });
});
