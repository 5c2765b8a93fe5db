import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchFirefox } from '../../scripts/firefox.mjs';
import { BUILT } from '../e2e/support/built';
import { idsOf, launch, Visit } from '../e2e/support/page';
import { FaultyServer } from '../e2e/support/server';
import { promptsOfEveryKind } from '../support/benchPrompts';
import { FirefoxVisit } from './support/visit';

const PROMPTS = promptsOfEveryKind(3).slice(0, 20);
/** Short answers: on Mesa's software Vulkan Firefox takes several times as long for a token as Chromium does on SwiftShader. */
const MOST_TOKENS = 12;

describe('Firefox and Chromium, two implementations of WebGPU on two drivers', () => {
  let server: FaultyServer | undefined;
  let chromium: Chromium | undefined;
  let firefox: Firefox | undefined;
  let inChromium: Visit;
  let inFirefox: FirefoxVisit;

  beforeAll(async () => {
    server = await FaultyServer.start(BUILT);
    chromium = await launch();
    firefox = await launchFirefox({ 'ui.prefersReducedMotion': 1 });
    inChromium = await Visit.open(chromium, server.url);
    inFirefox = await FirefoxVisit.open(firefox, server.url);
    // One draft length in both: an adaptive one would be another on every device.
    await inChromium.choose('Fixed');
    await inChromium.set('Most tokens', MOST_TOKENS);
    await inFirefox.openSettings();
    await inFirefox.choose('Fixed');
    await inFirefox.set('Most tokens', MOST_TOKENS);
  });
  // Whatever failed before: a browser that is left would keep the suite from ending.
  afterAll(() => Promise.all([firefox?.close(), chromium?.close(), server?.close()]));
  afterEach(() => expect([...inChromium.uncaught, ...inFirefox.uncaught]).toEqual([]));

  /** Runs every prompt in both, and gives the ids by prompt. */
  async function runAll(): Promise<{ chromium: Record<string, number[]>; firefox: Record<string, number[]> }> {
    const [ofChromium, ofFirefox] = await Promise.all([
      inTurn(PROMPTS, async (prompt) => idsOf(await inChromium.run(prompt))),
      inTurn(PROMPTS, (prompt) => inFirefox.run(prompt)),
    ]);
    expect(Object.values(ofChromium).flat().length).toBeGreaterThan(PROMPTS.length * 4);
    return { chromium: ofChromium, firefox: ofFirefox };
  }

  it('write the same ids greedily', async () => {
    const ids = await runAll();
    expect(ids.firefox).toEqual(ids.chromium);
  });

  it('write the same ids at temperature 0.8 under the coupled rule, from one seed', async () => {
    const { page } = inChromium;
    await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0.8');
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
    await page.getByRole('radio', { name: 'Coupled' }).check();
    await inFirefox.set('Temperature', 0.8);
    await inFirefox.set('Seed', 7);
    await inFirefox.choose('Coupled');
    const ids = await runAll();
    expect(ids.firefox).toEqual(ids.chromium);
    const another = await inFirefox.set('Seed', 8).then(() => inFirefox.run(PROMPTS[0] ?? ''));
    expect(another).not.toEqual(Object.values(ids.firefox)[0]);
  });
});

async function inTurn<Result>(prompts: readonly string[], run: (prompt: string) => Promise<Result>): Promise<Record<string, Result>> {
  const found: Record<string, Result> = {};
  for (const prompt of prompts) found[prompt] = await run(prompt);
  return found;
}
