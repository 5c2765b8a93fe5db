import { describe, expect, it } from 'vitest';
import { LESSONS, lessonOf, neighboursOf } from '../../src/lessons';
import { PROMPTS, readWay, settingsOf } from '../../src/lessons/exercises';
import { GLOSSARY, markTerms } from '../../src/lessons/glossary';
import { recordedRun } from '../../src/lessons/recorded';
import { remarkTerms } from '../../src/lessons/remarkTerms';
import { minutesOf, PASSAGES, SOURCES } from '../../src/lessons/sources';
import { liveParts, passagesOf, readingMinutes, sectionSlug, sentencesOf } from '../../src/lessons/text';

describe('the lessons', () => {
  it('each have their file, and no file is without its lesson', () => {
    expect([...SOURCES.keys()].sort()).toEqual(LESSONS.map(({ id }) => id).sort());
    expect(LESSONS.filter(({ kind }) => kind === 'course').length).toBeGreaterThanOrEqual(8);
  });

  it('each have something to do on a real run, two relatives that exist, and at most six minutes to read', () => {
    for (const { id, related } of LESSONS) {
      expect(liveParts(SOURCES.get(id) ?? ''), id).toBeGreaterThan(0);
      expect(related.map(lessonOf), id).not.toContain(null);
      expect(related).not.toContain(id);
      expect(minutesOf(id), id).toBeLessThanOrEqual(6);
    }
  });

  it('follow one another from the first to the last', () => {
    const way: string[] = [];
    for (let lesson = LESSONS[0] ?? null; lesson; lesson = neighboursOf(lesson.id).next) way.push(lesson.id);
    expect(way).toEqual(LESSONS.map(({ id }) => id));
    expect(neighboursOf(way[0] ?? '').previous).toBeNull();
    expect(neighboursOf('nowhere')).toEqual({ previous: null, next: null });
  });

  it('name only prompts and ways to decode that there are', () => {
    const sources = [...SOURCES.values()].join('\n');
    const named = (name: string) =>
      [...sources.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].flatMap(([, list = '']) => list.split(' '));
    expect(named('prompts').filter((name) => !(name in PROMPTS))).toEqual([]);
    for (const way of named('ways')) expect(readWay(way).gamma).toBeGreaterThan(0);
    expect(named('ways').length).toBeGreaterThan(5);
  });

  it('have only sections of one address each', () => {
    for (const { id } of LESSONS) {
      const slugs = passagesOf(id, SOURCES.get(id) ?? '').flatMap(({ section }) => (section === null ? [] : [section]));
      const sections = [...new Set(slugs)];
      expect(new Set(sections.map(sectionSlug)).size, id).toBe(sections.length);
    }
  });
});

describe('a lesson’s text', () => {
  const source =
    'Intro **bold** and a [link](#step).\n\n## What “it” does\n\n<Try prompt="x" />\n\n- one `a`\n- two\n\n> Quoted.\n\n```sh\nno text\n```\n\n| a | b |\n|---|---|\n';

  it('is its passages, without marks and live parts; lists, tables and code keep their lines', () => {
    expect(passagesOf('x', source)).toEqual([
      { lesson: 'x', section: null, text: 'Intro bold and a link.' },
      { lesson: 'x', section: 'What “it” does', text: '– one a\n– two' },
      { lesson: 'x', section: 'What “it” does', text: 'Quoted.' },
      { lesson: 'x', section: 'What “it” does', text: 'no text' },
    ]);
  });

  it('has lists, tables and code in one passage with the sentence that leads to them', () => {
    const led =
      'Four settings:\n\n| name | what | default |\n|---|---|---|\n| γ | `length` | 4 |\n\nMind:\n\n- **a**\n- b\n\nStart:\n\n```sh\nrun -m a | b\n```\n\nLook:\n\n<Try />\n\n- c\n';
    expect(passagesOf('x', led).map(({ text }) => text)).toEqual([
      'Four settings:\n– γ: what length; default 4',
      'Mind:\n– a\n– b',
      'Start:\nrun -m a | b',
      'Look:',
      '– c',
    ]);
  });

  it('takes a minute at least, one more for every live part, and one for 200 words', () => {
    expect(readingMinutes('One word.')).toBe(1);
    expect(readingMinutes(`${'word '.repeat(400)}\n\n<Try />\n\n<Try />`)).toBe(4);
  });

  it('is cut into sentences where one ends and another begins', () => {
    expect(sentencesOf('At 0.8 it stays. Then “it” goes! Really? “Yes.” So γ is 4.')).toEqual([
      'At 0.8 it stays.',
      'Then “it” goes!',
      'Really?',
      '“Yes.”',
      'So γ is 4.',
    ]);
  });
});

describe('terms', () => {
  it('have one definition each and a form each of their own', () => {
    const forms = GLOSSARY.flatMap((term) => term.forms);
    expect(new Set(forms).size).toBe(forms.length);
    expect(new Set(GLOSSARY.map(({ id }) => id)).size).toBe(GLOSSARY.length);
    for (const { forms: own } of GLOSSARY) for (const form of own) expect(form).toBe(form.toLowerCase());
  });

  it('are found once, the longest first, as whole words only', () => {
    const found = markTerms('The draft model and the Acceptance rate α; a passage, tokens and a token.').flatMap(({ term, text }) =>
      term ? [`${term.id}: ${text}`] : [],
    );
    expect(found).toEqual(['draft-model: draft model', 'acceptance-rate: Acceptance rate', 'token: tokens']);
  });

  it('lose no letter of the text around them', () => {
    for (const { text } of PASSAGES)
      expect(
        markTerms(text)
          .map((stretch) => stretch.text)
          .join(''),
      ).toBe(text);
  });

  it('are marked in a lesson once a section, and neither in headings nor in links', () => {
    const text = (value: string) => ({ type: 'text', value });
    const paragraph = (value: string) => ({ type: 'paragraph', children: [text(value)] });
    const tree = {
      type: 'root',
      children: [
        paragraph('A token and a token.'),
        { type: 'heading', children: [text('The target')] },
        paragraph('A token.'),
        { type: 'paragraph', children: [{ type: 'link', children: [text('residual')] }] },
      ],
    };
    remarkTerms()(tree);
    const marked = JSON.stringify(tree).match(/"name":"Term"/g);
    expect(marked).toHaveLength(2);
  });
});

describe('ways to decode', () => {
  it('are read from a lesson’s text, or refused', () => {
    expect(readWay('good-10')).toEqual({ kind: 'good', gamma: 10 });
    expect(readWay('plain').kind).toBe('plain');
    expect(() => readWay('best-4')).toThrow('"best-4" is not a way to decode');
    const { settings, draft } = settingsOf({ kind: 'weak', gamma: 6 }, 50);
    expect([settings.mode, settings.gamma, settings.maxTokens, draft]).toEqual(['speculative', 6, 50, 'weak']);
    expect(settingsOf({ kind: 'ngram', gamma: 4 }, 50).settings.drafting).toBe('ngram');
  });
});

describe('recorded runs', () => {
  it('are whole runs, with figures at every judged draft', async () => {
    const sampled = await recordedRun('sampled');
    expect([sampled[0]?.type, sampled.at(-1)?.type]).toEqual(['start', 'end']);
    const tokens = sampled.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    const rejected = tokens.filter(({ verdict }) => verdict === 'rejected');
    expect(rejected.length).toBeGreaterThan(3);
    for (const { p, q, u } of rejected) expect(u ?? -1).toBeGreaterThanOrEqual((p ?? 1) / (q ?? 1));
  });
});
