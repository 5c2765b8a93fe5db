import { expect, it } from 'vitest';
import { DEFAULT_PLAYLIST } from '../../src/store/present/defaultPlaylist';
import { DEFAULT_SETTINGS, runSettings } from '../../src/store/run/settings';
import { engineWorker, runOnWorker } from './support/runs';

const worker = engineWorker();

it.each(DEFAULT_PLAYLIST.items.flatMap((item) => ('prompt' in item ? [item] : [])))(
  'the lecture’s “$title” is written to its end',
  async (item) => {
    const { prompt, settings } = item;
    const events = await runOnWorker(worker, settings.draft, prompt, runSettings({ ...DEFAULT_SETTINGS, ...settings }));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stop' });
  },
);
