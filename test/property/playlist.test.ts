import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { decodePlaylist, encodePlaylist, type Playlist, type PlaylistItem, readPlaylist } from '../../src/formats/playlist';
import { packTrace } from '../../src/formats/trace/link';
import { DEFAULT_PLAYLIST } from '../../src/store/present/defaultPlaylist';
import { changeOne } from '../support/changeOne';
import { runsThatEnded } from '../support/runEvents';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const common = { id: fc.uuid(), title: text, notes: text };
const look = fc.constantFrom('watch' as const, 'step' as const);
const settings = fc.record({
  ...{ mode: fc.constantFrom('speculative' as const, 'plain' as const), draft: fc.constant('draft'), adaptive: fc.boolean() },
  target: fc.constantFrom('first', 'target', 'smollm2'),
  ...{ drafting: fc.constantFrom('model' as const, 'ngram' as const, 'mixed' as const), gamma: fc.integer({ min: 1, max: 16 }) },
  ...{ maxTokens: fc.integer({ min: 1 }), temperature: fc.constantFrom(0, 0.8), seed: fc.nat() },
  rule: fc.constantFrom('rejection' as const, 'coupled' as const),
});
const item: fc.Arbitrary<PlaylistItem> = fc.oneof(
  fc.record({ ...common, kind: fc.constant('lesson' as const), path: fc.constantFrom('learn', 'learn/premise', 'learn/a/b') }),
  fc.record({ ...common, kind: fc.constant('recording' as const), look, recording: fc.constantFrom('story', 'random-words') }),
  fc.record({ ...common, kind: fc.constant('trace' as const), look, trace: runsThatEnded.map((events) => packTrace(events)) }),
  fc.record({ ...common, kind: fc.constant('view' as const), view: fc.constantFrom('race', 'be-the-draft'), prompt: text, settings }),
  fc.record({ ...common, kind: fc.constant('run' as const), look, prompt: text, settings }),
);
const playlists: fc.Arbitrary<Playlist> = fc.record({
  title: text,
  items: fc.uniqueArray(item, { maxLength: 5, selector: ({ id }) => id }),
});

function refusal(attempt: () => unknown): string {
  try {
    attempt();
    return 'none';
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure.code;
    throw thrown;
  }
}

describe('a playlist', () => {
  it('comes back from its file as it was', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        const file = JSON.stringify(encodePlaylist(playlist));
        expect(readPlaylist(file)).toEqual(JSON.parse(JSON.stringify(playlist)));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused by one of two codes when it is malformed: 10,000 of them, none of which throws anything else', () => {
    const good = JSON.stringify(encodePlaylist(DEFAULT_PLAYLIST));
    const changed = fc.tuple(fc.nat(), fc.anything()).map(([at, value]) => {
      const document = JSON.parse(good);
      changeOne(document, at, value);
      return document;
    });
    const malformed = fc.oneof(
      fc.anything().map((value) => () => decodePlaylist(value)),
      changed.map((document) => () => decodePlaylist(document)),
      fc.nat(good.length - 1).map((at) => () => readPlaylist(good.slice(0, at))),
      fc.tuple(fc.nat(good.length - 1), fc.constantFrom('<', '"', '}', '\u0000', '9')).map(
        ([at, by]) =>
          () =>
            readPlaylist(good.slice(0, at) + by + good.slice(at + 1)),
      ),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(malformed, (attempt) => {
        const code = refusal(attempt);
        seen.add(code);
        expect(['none', 'playlist-invalid', 'playlist-newer']).toContain(code);
      }),
      { numRuns: 10_000 },
    );
    expect(seen.has('playlist-invalid')).toBe(true);
  });

  it('of a newer version is refused as that', () => {
    expect(refusal(() => decodePlaylist({ ...encodePlaylist(DEFAULT_PLAYLIST), version: 2 }))).toBe('playlist-newer');
  });

  it('with a damaged trace says what is wrong with the trace', () => {
    const trace = { kind: 'trace', id: 'a', title: '', notes: '', look: 'watch', trace: { format: 'foretoken-trace', version: 1 } };
    expect(() => decodePlaylist({ ...encodePlaylist(DEFAULT_PLAYLIST), items: [trace] })).toThrow(
      /This playlist cannot be used: This recording/,
    );
  });
});
