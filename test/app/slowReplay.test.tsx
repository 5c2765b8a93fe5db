import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { committedTokens } from '../../src/core/run/tally';
import { useVisitor } from '../../src/store/page/visitor';
import { usePlayback } from '../../src/store/recordings/playback';
import { useSlowReplay } from '../../src/store/recordings/slowReplay';
import { useRun } from '../../src/store/run/run';
import { violations } from './support/accessible';
import { openPage, prompt, runToEnd, tokenElements } from './support/openPage';
import { showView } from './support/views';

const note = () => page.getByText(/^The tokens of this run came in .*, so it is shown at a tenth of its pace\.$/);
const pace = (name: string) => page.getByRole('radio', { name, exact: true });
const counted = (name: string) => page.getByRole('heading', { name, exact: true });
const written = () => tokenElements().filter(({ dataset }) => !['rejected', 'discarded'].includes(dataset.verdict ?? '')).length;
const all = () => committedTokens(useRun.getState().events).length;

async function firstRun(settings = {}): Promise<void> {
  await openPage({ settings: { adaptive: false, ...settings } });
  useVisitor.setState({ hasRun: false });
  await prompt().fill('A fox.');
  await runToEnd();
}

afterEach(() => {
  vi.restoreAllMocks();
  location.hash = '';
});

describe('a visitor’s first run', () => {
  it('is replayed at a tenth of its pace, with why, and whole at a key; the next one is not', async () => {
    await firstRun();
    await expect.element(note()).toHaveTextContent(/came in 0\.\d+ s/);
    await expect.element(pace('A tenth')).toBeChecked();
    expect(usePlayback.getState().playing).toBe(true);
    expect(written()).toBeGreaterThan(0);
    expect(written()).toBeLessThan(all());
    await expect.element(counted('This run, up to the moment shown')).toBeInTheDocument();
    // Every figure is one of the part that is shown, and says so.
    await expect.element(page.getByText('A replay: text and figures are those of the moment shown.')).toBeInTheDocument();
    await expect.element(page.getByText('Decoding alone so far, in the run’s time')).toBeInTheDocument();
    await expect.element(page.getByText('Over the wait so far')).toBeInTheDocument();
    expect(await violations()).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await expect.poll(written).toBe(all());
    await expect.element(counted('This run')).toBeInTheDocument();
    await expect.element(page.getByRole('status').filter({ hasText: /^Finished at the limit/ })).toBeInTheDocument();
    await expect.element(page.getByText('Over the whole wait')).toBeInTheDocument();
    await expect.element(note()).not.toBeInTheDocument();
    await expect.element(pace('Its own')).toBeChecked();
    await runToEnd();
    await expect.poll(written).toBe(all());
    await expect.element(note()).not.toBeInTheDocument();
    expect(localStorage.getItem('foretoken.visitor')).toContain('"hasRun":true');
  });

  it('is shown whole by the button, too', async () => {
    await firstRun();
    await page.getByRole('button', { name: 'Show it whole' }).click();
    await expect.poll(written).toBe(all());
  });

  it('goes on without the word where another pace is chosen', async () => {
    await firstRun();
    await page.getByText('Half', { exact: true }).click();
    await expect.element(note()).not.toBeInTheDocument();
    expect(usePlayback.getState()).toMatchObject({ playing: true, pace: 0.5 });
  });

  it('is not replayed where it was slow enough to be seen', async () => {
    await firstRun({ maxTokens: 1200 });
    expect(useRun.getState().events.at(-1)).toMatchObject({ type: 'end' });
    expect(useSlowReplay.getState().tookMs).toBeNull();
    expect(useVisitor.getState().hasRun).toBe(true);
    expect(usePlayback.getState()).toMatchObject({ playing: false, pace: 1 });
  });

  it('is not replayed for someone who wants less motion', async () => {
    const real = matchMedia;
    vi.spyOn(window, 'matchMedia').mockImplementation((query) => ({
      ...real(query),
      matches: query.includes('reduced-motion') || real(query).matches,
    }));
    await firstRun();
    await expect.poll(written).toBe(all());
    expect(useSlowReplay.getState().tookMs).toBeNull();
  });

  it('is not taken for seen where it was stopped or looked at elsewhere', async () => {
    await openPage({ settings: { adaptive: false, prompt: 'A fox.' } });
    useVisitor.setState({ hasRun: false });
    await showView('step');
    await runToEnd();
    expect(useSlowReplay.getState().tookMs).toBeNull();
    expect(useVisitor.getState().hasRun).toBe(false);
  });
});

describe('the keys of the pace', () => {
  it('slow what stands at its end by showing it again, and hasten it', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('<');
    await expect.element(pace('Half')).toBeChecked();
    expect(usePlayback.getState()).toMatchObject({ playing: true, pace: 0.5 });
    await userEvent.keyboard('<');
    await expect.element(pace('A tenth')).toBeChecked();
    await userEvent.keyboard('<');
    await expect.element(pace('A tenth')).toBeChecked();
    await userEvent.keyboard('>>');
    await expect.element(pace('Its own')).toBeChecked();
  });

  it('are typed where one types', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await prompt().click();
    await userEvent.keyboard('<');
    await expect.element(pace('Its own')).toBeChecked();
  });

  it('are the race’s in a race', async () => {
    await openPage({ settings: { prompt: 'A fox.', maxTokens: 20, adaptive: false } });
    await showView('race');
    await page.getByRole('button', { name: 'Race', exact: true }).click();
    await expect.element(page.getByText(/instead of/)).toBeInTheDocument();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('<');
    await expect.element(pace('Half')).toBeChecked();
  });
});
