import fs from 'node:fs';
import path from 'node:path';
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchFirefox } from '../../scripts/firefox.mjs';
import { BUILT } from '../e2e/support/build';
import { idsOf, launch, Visit } from '../e2e/support/page';
import { FaultyServer } from '../e2e/support/server';
import { FirefoxVisit } from './support/visit';

const EACH_KIND = 3;
const COUNT = 20;
const MOST_TOKENS = 16;

/** Of every kind of the bench's prompts the first ones, so that all kinds are among them. */
function readPrompts(): string[] {
  const file = path.resolve(import.meta.dirname, '../../bench/prompts.json');
  const all: { kind: string; prompt: string }[] = JSON.parse(fs.readFileSync(file, 'utf8'));
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  const chosen = kinds.flatMap((kind) => all.filter((each) => each.kind === kind).slice(0, EACH_KIND));
  return chosen.slice(0, COUNT).map(({ prompt }) => prompt);
}

describe('Firefox and Chromium, two implementations of WebGPU on two drivers', () => {
  let server: FaultyServer;
  let chromium: Chromium;
  let firefox: Firefox;
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
  afterAll(async () => {
    expect([...inChromium.uncaught, ...inFirefox.uncaught]).toEqual([]);
    await firefox.close();
    await chromium.close();
    await server.close();
  });

  /** Runs every prompt in both, and gives the ids by prompt. */
  async function runAll(): Promise<{ chromium: Record<string, number[]>; firefox: Record<string, number[]> }> {
    const prompts = readPrompts();
    expect(prompts).toHaveLength(COUNT);
    const [ofChromium, ofFirefox] = await Promise.all([
      inTurn(prompts, async (prompt) => idsOf(await inChromium.run(prompt))),
      inTurn(prompts, (prompt) => inFirefox.run(prompt)),
    ]);
    expect(Object.values(ofChromium).flat().length).toBeGreaterThan(COUNT * 4);
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
    const another = await inFirefox.set('Seed', 8).then(() => inFirefox.run(readPrompts()[0] ?? ''));
    expect(another).not.toEqual(Object.values(ids.firefox)[0]);
  });
});

async function inTurn<Result>(prompts: readonly string[], run: (prompt: string) => Promise<Result>): Promise<Record<string, Result>> {
  const found: Record<string, Result> = {};
  for (const prompt of prompts) found[prompt] = await run(prompt);
  return found;
}
