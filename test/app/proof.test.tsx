import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { connectEngine } from '../../src/store/engine/connection';
import { useWork } from '../../src/store/engine/work';
import { changeSamplePlan, useProof } from '../../src/store/modes/proof';
import type { Settings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { ChanceEngine } from './support/chanceEngine';
import { openPage } from './support/openPage';
import { recordedFile } from './support/recordings';
import { showView } from './support/views';

async function openProof(settings: Partial<Settings> = {}): Promise<ChanceEngine> {
  useProof.setState(useProof.getInitialState());
  location.hash = '#proof';
  onTestFinished(() => {
    location.hash = '';
  });
  await openPage({ settings: { prompt: 'A fox.', maxTokens: 12, adaptive: false, ...settings } });
  const engine = new ChanceEngine();
  connectEngine(engine);
  await expect.element(proofButton()).toBeInTheDocument();
  return engine;
}

const proofButton = () => page.getByRole('button', { name: 'Same output?', exact: true });
const verdict = () =>
  page
    .getByRole('region', { name: /^The same/ })
    .getByRole('status')
    .first();
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();

describe('before anything was proven', () => {
  it('opens from a link of an earlier version too', async () => {
    await openPage({ settings: { prompt: 'A fox.' } });
    onTestFinished(() => {
      location.hash = '';
    });
    location.hash = '#prove';
    await expect.element(proofButton()).toBeInTheDocument();
    await expect.element(page.getByRole('link', { name: 'Proof', exact: true })).toHaveAttribute('aria-current', 'page');
  });

  it('lays a recorded pair side by side, as a recording, until one’s own takes its place', async () => {
    useProof.setState(useProof.getInitialState());
    await openPage({ settings: { prompt: 'A fox.', maxTokens: 12, adaptive: false } });
    connectEngine(new ChanceEngine());
    vi.mocked(fetch).mockImplementation(async (url) => recordedFile(String(url)));
    await showView('proof');
    const region = page.getByRole('region', { name: /^The same/ });
    await expect.element(region.getByText('A recording')).toBeInTheDocument();
    await expect.element(verdict()).toHaveTextContent(/^Yes: all \d{2,} tokens are the same, id for id\.$/);
    await expect.element(region).toHaveTextContent('replace it with a proof on your own device');
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent('Yes: all 12 tokens are the same, id for id.');
    await expect.element(region.getByText('A recording')).not.toBeInTheDocument();
  });
});

describe('at temperature 0', () => {
  it('lays both outputs side by side and says that they are the same', async () => {
    const engine = await openProof();
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent('Yes: all 12 tokens are the same, id for id.');
    expect(engine.runs.map(({ settings }) => settings.mode)).toEqual(['speculative', 'plain']);
    const tokens = page.getByRole('list', { name: /token by token/ }).getByRole('listitem');
    expect(tokens.elements()).toHaveLength(12);
    await expect.element(page.getByText('What it does not')).toBeInTheDocument();
  });

  it('marks the first difference and says what the target thought of both tokens', async () => {
    const engine = await openProof();
    engine.options.wrongFrom = 5;
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent('No: the first difference is at token 6.');
    const marked = page
      .getByRole('list', { name: /token by token/ })
      .element()
      .querySelectorAll('[data-parted="here"]');
    expect(marked).toHaveLength(1);
    await expect.element(page.getByText(/Here speculation wrote “·river”.*the target alone “·bell”/)).toBeInTheDocument();
  });

  it('says of a target that rounds several tokens otherwise than one that it is lossless up to near ties', async () => {
    const engine = await openProof();
    const region = page.getByRole('region', { name: /^The same/ });
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent('Yes: all 12 tokens are the same, id for id.');
    await expect.element(region).not.toHaveTextContent('lossless up to near ties');
    engine.options.exact = false;
    await proofButton().click();
    await expect.element(region).toHaveTextContent('speculation with it is lossless up to near ties');
  });

  it('is stopped with Escape, keeps what was written, and gives no verdict', async () => {
    const engine = await openProof();
    engine.options.hold = 1;
    await proofButton().click();
    await expect.poll(() => useProof.getState().ids?.plain.length).toBe(1);
    await userEvent.keyboard('{Escape}');
    await expect.element(verdict()).toHaveTextContent('no verdict');
    const tokens = page.getByRole('list', { name: /token by token/ }).getByRole('listitem');
    await expect.poll(() => tokens.elements().length).toBe(12);
  });

  it('asks for a prompt when the field is empty', async () => {
    await openProof({ prompt: ' ' });
    await proofButton().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The prompt is empty.');
  });
});

describe('above it, under the rejection rule', () => {
  it('samples both ways, finds no difference, and tells a wrong rule apart', async () => {
    const engine = await openProof({ temperature: 0.8 });
    await page.getByLabelText('Runs of each side').fill('200');
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent(/^No difference was found: .* of 100 such proofs\.$/);
    expect(engine.runs).toHaveLength(400);
    const seeds = new Set(engine.runs.map(({ settings }) => settings.sampling.seed));
    expect(seeds.size).toBe(400);
    await expect.element(page.getByText(/find one half as large takes 600 runs more/)).toBeInTheDocument();
    await page.getByRole('button', { name: 'Show what a wrong rule looks like' }).click();
    await expect.element(page.getByText(/^Distinguished: .* The test can fail\.$/)).toBeInTheDocument();
    expect(engine.runs.slice(400).map(({ settings }) => settings.sampling.temperature)).toEqual(Array(200).fill(1.4));
  });

  it('gives no tick, and says why, where too few drafts were rejected to try the rule', async () => {
    const engine = await openProof({ temperature: 0.8 });
    engine.options.agrees = true;
    await page.getByLabelText('Runs of each side').fill('40');
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent(/no draft was rejected, and it takes 50/);
    expect(verdict().element().getAttribute('data-tone')).toBe('open');
    await expect.element(page.getByText('What this shows')).not.toBeInTheDocument();
    engine.options.agrees = false;
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent(/^No difference was found: one distribution/);
    expect(verdict().element().getAttribute('data-tone')).toBe('alike');
  });

  it('finds a rule that is really wrong', async () => {
    const engine = await openProof({ temperature: 0.8 });
    engine.options.wrongFrom = 1;
    await page.getByLabelText('Runs of each side').fill('150');
    await proofButton().click();
    await expect.element(verdict()).toHaveTextContent(/^They differ: /);
  });

  it('keeps what was measured when it is stopped', async () => {
    const engine = await openProof({ temperature: 0.8 });
    engine.options.hold = 120;
    await proofButton().click();
    await expect.poll(() => useProof.getState().distribution?.samples.plain.length).toBe(60);
    await userEvent.keyboard('{Escape}');
    await idle();
    await expect.element(verdict()).toHaveTextContent('after 60 of 300 planned runs');
    await expect.element(page.getByText(/Stopped: the results so far stay/)).toBeInTheDocument();
  });

  it('refuses an invalid sample size, and loses nothing', async () => {
    const engine = await openProof({ temperature: 0.8 });
    await page.getByLabelText('Runs of each side').fill('25');
    await proofButton().click();
    await idle();
    expect(engine.runs).toHaveLength(50);
    changeSamplePlan({ size: 7.5 });
    await proofButton().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('Runs of each side: 7.5.');
    expect(engine.runs).toHaveLength(50);
    expect(useProof.getState().distribution?.samples.plain).toHaveLength(25);
  });
});

describe('with the keyboard alone and for everyone', () => {
  it('Ctrl+Enter proves from the prompt', async () => {
    const engine = await openProof();
    page.getByLabelText('Prompt', { exact: true }).element().focus();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await idle();
    expect(engine.runs).toHaveLength(2);
    await expect.element(verdict()).toHaveTextContent('Yes');
  });

  it.each([
    ['light', '0', 1280],
    ['light', '0.8', 360],
    ['dark', '0', 390],
    ['dark', '0.8', 1280],
  ])('axe finds nothing in the %s theme at temperature %s and %i px, and nothing scrolls sideways', async (theme, temperature, width) => {
    document.documentElement.style.colorScheme = theme;
    await page.viewport(width, 844);
    const engine = await openProof();
    engine.options.wrongFrom = 5;
    await page.getByLabelText('Temperature').fill(temperature);
    if (temperature !== '0') await page.getByLabelText('Runs of each side').fill('40');
    await proofButton().click();
    await idle();
    if (temperature !== '0') await page.getByRole('button', { name: 'Show what a wrong rule looks like' }).click();
    await idle();
    expect(await violations()).toEqual([]);
    expect(fitsTheWidth()).toBe(true);
  });
});
