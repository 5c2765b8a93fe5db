import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/page/address';

/** What programs that pass a link on do to the part after its "#". `at`: where, as a share of the text. */
type Alteration = (text: string, at: number) => string;

const insert = (what: string): Alteration => {
  return (text, at) => {
    const value = text.lastIndexOf('=') + 2;
    const place = value + Math.floor(at * (text.length - value));
    return text.slice(0, place) + what + text.slice(place);
  };
};
const end = (what: string): Alteration => {
  return (text) => text + what;
};
const start = (what: string): Alteration => {
  return (text) => what + text;
};

/** In the order in which a link meets them: the line is broken, the sentence goes on, a counter is added, all of it is escaped. */
const INSIDE: readonly Alteration[] = [...['\n', '\r\n', '\r\n  ', '\u200b', '\u00ad', '\n> ', '=\r\n', '='].map(insert)];
const AROUND: readonly Alteration[] = [
  ...['.', ',', ')', ').', '”', '"', "'", '>', '*', '!', '…', ' ', '\n', '];', '</a>'].map(end),
  ...['/', '!', '!/', '#', '"', '(', ' '].map(start),
];
const COUNTED: readonly Alteration[] = ['&utm_source=mail', '?fbclid=IwAR0x_y', '&amp;utm_medium=a&utm_campaign=b', '?ref=x', '&'].map(end);
const ESCAPED: readonly Alteration[] = [
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => encodeURI(text),
  (text) => text.replaceAll('&', '&amp;'),
  (text) => text.replaceAll('&', '&amp;amp;'),
  (text) => text.replaceAll('&', '&#38;'),
  (text) => text.replaceAll('=', '%3D').replaceAll('#', '%23'),
  (text) => text.replace(/(trace|recording)=/, '$1=3D'),
];
const CASED: readonly Alteration[] = [(text) => text.replace(/^(.*?)(trace|recording)=/, (key) => key.toUpperCase())];

const one = (alterations: readonly Alteration[]) =>
  fc.tuple(
    fc.constantFrom<Alteration>((text) => text, ...alterations),
    fc.double({ min: 0, max: 0.99, noNaN: true }),
  );
const altered = fc
  .tuple(one(CASED), one(INSIDE), one(AROUND), one(COUNTED), one(ESCAPED))
  .map((all) => (text: string) => all.reduce((now, [alter, at]) => alter(now, at), text));

const payloads = fc.string({ unit: fc.constantFrom(...'ABCXYZabcxyz0189_-'), minLength: 2, maxLength: 60 }).map((rest) => `1${rest}`);
const names = fc.constantFrom('story', 'story-sampled', 'json-2');
const views = fc.constantFrom('', 'watch', 'step', 'learn/one-round');

describe('an address', () => {
  it('is read however it was altered on its way', () => {
    fc.assert(
      fc.property(views, payloads, altered, (view, payload, alter) => {
        const link = `${view === '' ? '' : `${view}&`}trace=${payload}`;
        const address = readAddress(`#${alter(link)}`);
        expect(address).toEqual({ view: view.split('/')[0] || null, place: view, trace: payload, recording: null, unread: null });
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(views, names, altered, (view, name, alter) => {
        const address = readAddress(`#${alter(`${view === '' ? '' : `${view}&`}recording=${name}`)}`);
        expect(address).toMatchObject({ place: view, recording: name, unread: null });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', null],
    ['#', null],
    ['#step', 'step'],
    ['#Step.', 'step'],
    ['#/measure', 'measure'],
    ['#!/measure', 'measure'],
    ['#learn%2Frounds', 'learn'],
    ['#watch?utm_source=newsletter&utm_medium=mail', 'watch'],
    ['#fbclid=IwAR0', null],
  ])('%s names the view %s, and nothing is left unread', (hash, view) => {
    expect(readAddress(hash)).toMatchObject({ view, trace: null, recording: null, unread: null });
  });

  it.each([
    ['#trace=', 'trace='],
    ['#trace%3D', 'trace='],
    ['#recording=.', 'recording=.'],
    ['#tarce=1abc', 'tarce=1abc'],
    ['#step&recrding=story', 'step&recrding=story'],
  ])('%s is left unread: %s', (hash, unread) => {
    expect(readAddress(hash).unread).toBe(unread);
  });

  it('that is anything at all is read as something, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const { view, trace, recording, unread } = readAddress(`#${text}`);
        for (const each of [view, trace, recording, unread]) expect(each === null || typeof each === 'string').toBe(true);
        if (trace !== null) expect(trace).toMatch(/^[\w-]+$/);
        if (recording !== null) expect(recording).toMatch(/^[a-z][a-z0-9-]*$/);
      }),
      { numRuns: 5000 },
    );
  });
});
