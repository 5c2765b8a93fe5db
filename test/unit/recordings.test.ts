import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { outputText } from '../../src/core/loop/text';
import { keptOf } from '../../src/core/modes/conversation';
import { committedTokens, startOf, tally } from '../../src/core/run/tally';
import { readTrace } from '../../src/formats/trace/trace';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'public/traces');
const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');
const { recordings } = JSON.parse(read('index.json')) as { recordings: { name: string; title: string; kind: string; how: string }[] };
const events = (name: string) => readTrace(read(`${name}.json`)).events;

describe('the recordings that come with the page', () => {
  it('are all there, can be read, and wrote something to a proper end', () => {
    expect(fs.readdirSync(folder).sort()).toEqual(['index.json', ...recordings.map(({ name }) => `${name}.json`)].sort());
    for (const { name, title, how } of recordings) {
      const { about } = readTrace(read(`${name}.json`));
      expect(about.title).toBe(title);
      expect(how).not.toBe('');
      expect(about.recordedAt).not.toBeNull();
      expect(about.machine).not.toBeNull();
      expect(committedTokens(events(name)).length, name).toBeGreaterThan(8);
      const end = events(name).at(-1);
      expect(end?.type === 'end' && end.reason, name).toMatch(/^(stop|length)$/);
    }
  });

  it('are of every kind: of text, of decoding, of draft and of verdict', () => {
    expect(new Set(recordings.map(({ kind }) => kind))).toEqual(
      new Set(['story', 'JSON', 'code', 'counting', 'copy', 'answer', 'hard', 'conversation']),
    );
    const starts = recordings.flatMap(({ name }) => events(name).filter((event) => event.type === 'start'));
    const kinds = (of: (start: (typeof starts)[number]) => unknown) => new Set(starts.map(of));
    expect(kinds(({ settings }) => settings.mode)).toEqual(new Set(['speculative', 'plain']));
    expect(kinds(({ labels }) => labels.draft).size).toBeGreaterThanOrEqual(3);
    expect(kinds(({ settings }) => `${settings.sampling.temperature > 0} ${settings.sampling.rule}`).size).toBeGreaterThanOrEqual(3);
    const tokens = recordings.flatMap(({ name }) => events(name).flatMap((event) => (event.type === 'round' ? event.tokens : [])));
    expect(new Set(tokens.map(({ verdict }) => verdict)).size).toBe(6);
    expect(tokens.some(({ candidates }) => (candidates?.residual.length ?? 0) > 0)).toBe(true);
  });

  it('show the weak draft where it is weak: most of its judged drafts fall, and the same text by the good draft has few of them', () => {
    const weak = recordings.filter(({ name }) =>
      events(name).some((event) => event.type === 'start' && /weak/i.test(event.labels.draft ?? '')),
    );
    expect(weak.map(({ name }) => name)).toEqual(expect.arrayContaining(['function-weak', 'question-weak']));
    for (const { name, title, how } of recordings) {
      const ofWeak = weak.some((each) => each.name === name);
      expect(/\bweak\b/.test(`${title} ${how}`), name).toBe(ofWeak);
      if (ofWeak) expect(tally(events(name)).acceptanceRate, name).toBeLessThan(0.5);
    }
    for (const name of ['function', 'question']) {
      const text = (of: string) => committedTokens(events(of)).map(({ id }) => id);
      expect(text(`${name}-weak`), name).toEqual(text(name));
      expect(tally(events(name)).acceptanceRate, name).toBeGreaterThan(0.9);
    }
  });

  it('state no figure and no tendency, only what their runs are', () => {
    for (const { name, title, how } of recordings)
      expect(`${title}; ${how}`, name).not.toMatch(/\b(few|many|most|often|seldom|fast|slow)/i);
    for (const { name, how } of recordings) {
      const start = events(name).find((event) => event.type === 'start');
      const { temperature } = start?.settings.sampling ?? { temperature: 0 };
      expect(how, name).toContain(temperature > 0 ? `temperature ${temperature}` : /plain|alone/.test(how) ? 'alone' : 'greedy');
    }
  });

  it('are small: at most 15 % more than on 29 November 2026, 189 KB in all and 6.5 KB for the one that the page opens with', () => {
    const bytes = fs.readdirSync(folder).reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(1.15 * 189_300);
    expect(fs.statSync(path.join(root, 'src/store/recordings/opening.json')).size).toBeLessThanOrEqual(1.15 * 6_540);
  });

  it('can be opened with: the opening is a greedy run of every greedy verdict', () => {
    const { events: opening, about } = readTrace(fs.readFileSync(path.join(root, 'src/store/recordings/opening.json'), 'utf8'));
    expect(about.machine).not.toBeNull();
    const verdicts = opening.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ verdict }) => verdict) : []));
    expect(new Set(verdicts)).toEqual(new Set(['plain', 'accepted', 'rejected', 'discarded', 'corrected', 'bonus']));
    const end = opening.at(-1);
    expect(end?.type === 'end' && end.reason).toBe('stop');
    expect(outputText(opening)).toMatch(/[.!?]"?$/);
  });

  it('have a conversation whose turns go on from one another', () => {
    const turns = recordings.filter(({ kind }) => kind === 'conversation').map(({ name }) => events(name));
    expect(turns.length).toBeGreaterThanOrEqual(2);
    let before = 0;
    for (const turn of turns) {
      expect(keptOf({ question: '', events: turn })?.reused).toBeGreaterThanOrEqual(before);
      before = (startOf(turn)?.promptIds.length ?? 0) + committedTokens(turn).length - 2;
    }
    expect(before).toBeGreaterThan(0);
  });
});
