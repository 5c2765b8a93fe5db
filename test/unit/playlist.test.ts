import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDraft } from '../../src/catalog/pairing';
import { checkPlaylist } from '../../src/formats/playlist';
import { LESSONS } from '../../src/lessons';
import { DEFAULT_PLAYLIST } from '../../src/store/present/defaultPlaylist';
import { shippedTarget } from '../support/shipped';

const root = path.resolve(import.meta.dirname, '../../public');

describe('a playlist that is older than the choice of a target', () => {
  it('opens, and has the first', () => {
    const { title, items } = DEFAULT_PLAYLIST;
    const older = items.map((item) => {
      if (!('settings' in item)) return item;
      const { target: _, ...settings } = item.settings;
      return { ...item, settings };
    });
    expect(JSON.stringify(older)).not.toContain('"target"');
    expect(checkPlaylist({ title, items: older })).toEqual(DEFAULT_PLAYLIST);
  });

  it('is refused where it names a target by nothing', () => {
    const items = DEFAULT_PLAYLIST.items.map((item) =>
      'settings' in item ? { ...item, settings: { ...item.settings, target: '' } } : item,
    );
    expect(() => checkPlaylist({ title: 'x', items })).toThrow(/target/);
  });
});

describe('the lecture that comes with the page', () => {
  it('names only lessons, recordings and drafts that there are', () => {
    const { items } = checkPlaylist(DEFAULT_PLAYLIST);
    for (const item of items) {
      if (item.kind === 'lesson') expect(LESSONS.map(({ id }) => `learn/${id}`)).toContain(item.path);
      if (item.kind === 'recording') expect(fs.existsSync(path.join(root, `traces/${item.recording}.json`)), item.recording).toBe(true);
      if (item.kind === 'run' || item.kind === 'view') expect(findDraft(shippedTarget(), item.settings.draft), item.id).not.toBeNull();
    }
  });

  it('lasts ten minutes by its notes, which say when each item comes', () => {
    const starts = DEFAULT_PLAYLIST.items
      .map(({ notes }) => /^(\d+):(\d\d)\. /.exec(notes))
      .map((at) => Number(at?.[1]) * 60 + Number(at?.[2]));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts[0]).toBe(0);
    expect(starts.at(-1)).toBeLessThan(600);
  });
});
