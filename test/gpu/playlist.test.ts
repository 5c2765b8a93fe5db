import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_PLAYLIST } from '../../src/store/present/defaultPlaylist';
import { DEFAULT_SETTINGS, runSettings } from '../../src/store/run/settings';
import { runOnWorker } from './support/runs';

let worker: Worker;

beforeAll(() => {
  worker = new Worker(new URL('../../src/worker/engine.worker.ts', import.meta.url), { type: 'module' });
});
afterAll(() => worker.terminate());

it.each(DEFAULT_PLAYLIST.items.flatMap((item) => ('prompt' in item ? [item] : [])))(
  'the lecture’s “$title” is written to its end',
  async (item) => {
    const { prompt, settings } = item;
    const events = await runOnWorker(worker, settings.draft, prompt, runSettings({ ...DEFAULT_SETTINGS, ...settings }));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stop' });
  },
);
