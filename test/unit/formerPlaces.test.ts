import { describe, expect, it } from 'vitest';
import { decodePlaylist, encodePlaylist } from '../../src/formats/playlist';
import { GLOSSARY } from '../../src/lessons/glossary';
import { COMMON_QUESTIONS } from '../../src/lessons/questions';
import { readAddress } from '../../src/store/page/address';
import { DEFAULT_SETTINGS } from '../../src/store/run/settings';

const FORMER_VIEWS = [
  ['draft', 'be-the-draft'],
  ['prove', 'proof'],
  ['converse', 'conversation'],
] as const;
const FORMER_PAGES = [
  ['learn/words/lookup', 'learn/words/ngram'],
  ['learn/questions/lookup', 'learn/questions/ngram'],
] as const;

describe('a place under its former name', () => {
  it.each(FORMER_VIEWS)('#%s opens the view %s, with a recording too', (former, today) => {
    expect(readAddress(`#${former}`)).toMatchObject({ view: today, place: today, unread: null });
    expect(readAddress(`#${former}&recording=story`)).toMatchObject({ view: today, recording: 'story' });
  });

  it.each(FORMER_PAGES)('#%s opens the page %s', (former, today) => {
    const id = today.split('/').at(-1);
    expect([...GLOSSARY, ...COMMON_QUESTIONS].filter((each) => each.id === id)).toHaveLength(2);
    expect(readAddress(`#${former}`)).toMatchObject({ view: 'learn', place: today });
  });

  it('is not what every object has: #constructor is a place like any other that is unknown', () => {
    expect(readAddress('#constructor')).toMatchObject({ view: 'constructor', place: 'constructor' });
  });

  it('is read from a playlist by the name of today', () => {
    const { prompt: _, allSettings: __, ...settings } = DEFAULT_SETTINGS;
    const common = { title: '', notes: '' };
    const items = [
      ...FORMER_VIEWS.map(([view]) => ({ ...common, kind: 'view' as const, id: view, view, prompt: 'A fox.', settings })),
      ...FORMER_PAGES.map(([path], i) => ({ ...common, kind: 'lesson' as const, id: `page-${i}`, path })),
    ];
    const { items: read } = decodePlaylist(encodePlaylist({ title: 'Old', items }));
    expect(read.map((item) => (item.kind === 'view' ? item.view : item.kind === 'lesson' && item.path))).toEqual(
      [...FORMER_VIEWS, ...FORMER_PAGES].map(([, today]) => today),
    );
  });
});
