import fs from 'node:fs';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchFirefox } from '../../../scripts/firefox.mjs';
import { BUILT } from '../../e2e/support/built';
import { FaultyServer } from '../../e2e/support/server';
import { FirefoxVisit } from '../../firefox/support/visit';

const PROMPT = 'Why is the sky blue?';
const TOKENS = 12;
const PATIENCE_MS = 600_000;

/** On another implementation of WebGPU and another driver than in Chromium. */
describe.skipIf(!fs.existsSync(`${BUILT}/models-smollm2/manifest.json`))('SmolLM2 in Firefox', () => {
  let server: FaultyServer;
  let browser: Browser;
  let visit: FirefoxVisit;

  beforeAll(async () => {
    server = await FaultyServer.start(BUILT);
    browser = await launchFirefox({ 'ui.prefersReducedMotion': 1 });
    visit = await FirefoxVisit.open(browser, server.url);
    visit.page.setDefaultTimeout(PATIENCE_MS);
    await visit.openSettings();
    await visit.set('Most tokens', TOKENS);
    await visit.fill('Prompt', PROMPT);
    await visit.press(await visit.says('SmolLM2 135M: understands any prompt', 'button'));
    await visit.page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('input[type="radio"][value^="smollm2"]:checked') !== null,
    );
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('writes with its head and with n-grams what it writes plainly', async () => {
    await visit.choose('Plain decoding');
    const plain = await visit.run(PROMPT);
    expect(plain).toHaveLength(TOKENS);
    await visit.choose('Speculative');
    await visit.choose('Fixed');
    for (const drafting of ['Model', 'N-gram']) {
      await visit.choose(drafting);
      expect(await visit.run(PROMPT), drafting).toEqual(plain);
    }
    expect(visit.uncaught).toEqual([]);
  });

  it('is proven to write the same ids', async () => {
    await visit.page.evaluate(() => {
      location.hash = 'proof';
    });
    await visit.says('Proof', 'nav [aria-current="page"]');
    await visit.fill('Prompt', PROMPT);
    await visit.press('Same output?');
    expect(await visit.says('Yes: all')).toBe(`Yes: all ${TOKENS} tokens are the same, id for id.`);
    expect(visit.uncaught).toEqual([]);
  });
});
