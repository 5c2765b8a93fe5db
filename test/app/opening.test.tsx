import { describe, expect, it, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { showOpening } from '../../src/store/opening';
import { usePlayback } from '../../src/store/playback';
import { openPage, tokenElements } from './support/openPage';

describe('the recorded run that the page opens with', () => {
  it('has its first token at once, and goes on from there by itself', async () => {
    await openPage();
    onTestFinished(() => usePlayback.setState({ playing: false, atMs: null, rate: 1 }));
    showOpening();
    await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
    const { atMs, playing } = usePlayback.getState();
    expect(playing).toBe(true);
    expect(atMs).toBeGreaterThan(0);
    expect(tokenElements().length).toBeGreaterThan(0);
    const drawn = tokenElements().length;
    await expect.poll(() => tokenElements().length, { timeout: 15_000 }).toBeGreaterThan(drawn);
  });
});
