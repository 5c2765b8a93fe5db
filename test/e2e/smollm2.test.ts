import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { WITHOUT_WEBGPU_ARGS } from '../../scripts/chromium.mjs';
import { BUILT } from './support/built';
import { idsOf, launch, Visit } from './support/page';
import { servedBuild } from './support/served';

const PROMPT = 'Why is the sky blue?';
const TOKENS = 12;
/** A real model on a CPU that is busy with other things. */
const PATIENCE_MS = 240_000;
const hasModel = fs.existsSync(path.join(BUILT, 'models-smollm2/manifest.json'));

/** Without it, as "npm run models -- smollm2" was not run here, there is nothing to choose. */
describe.skipIf(!hasModel)('SmolLM2 beside the embedded pair', () => {
  const site = servedBuild();

  it(
    'is chosen in one click where the pair does not know the prompt, writes by n-grams what it writes plainly, and works offline',
    async () => {
      // On the CPU, where it is several times faster than on WebGPU in software; test/long/page has that, with its head.
      const visit = await Visit.open(site.browser, site.server.url, true, 'cpu');
      visit.page.setDefaultTimeout(PATIENCE_MS);
      await visit.page.getByText('Both models are ready.').waitFor({ state: 'attached' });
      expect(site.server.requests.filter((name) => name.startsWith('models-smollm2/'))).toEqual(['models-smollm2/manifest.json']);

      await visit.set('Most tokens', TOKENS);
      await visit.prompt.fill(PROMPT);
      await visit.page.getByRole('button', { name: /^SmolLM2 135M: understands any prompt; \d+\.\d MB to download$/ }).click();
      await expect.poll(() => site.server.requests.some((name) => name.startsWith('models-smollm2/smollm2/'))).toBe(true);
      await visit.page.getByText('The model is ready.').waitFor({ state: 'attached' });
      await visit.runButton.click();
      await visit.waitForTokens(TOKENS);
      await visit.ended();
      const tokens = await visit.tokens();
      expect(idsOf(tokens)).toHaveLength(TOKENS);
      expect(tokens.map(({ text }) => text).join('')).toMatch(/light/);

      await visit.page.goto(`${site.server.url}#proof`);
      await visit.page.getByRole('button', { name: 'Same output?' }).click();
      await visit.page.getByText(`Yes: all ${TOKENS} tokens are the same, id for id.`).waitFor();

      await visit.page.goto(`${site.server.url}#watch`);
      await visit.page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor();
      await visit.page.context().setOffline(true);
      const another = await visit.alsoOpen(`${site.server.url}?offline`);
      another.page.setDefaultTimeout(PATIENCE_MS);
      await another.page.getByText('The model is ready.').waitFor({ state: 'attached' });
      await another.prompt.fill(PROMPT);
      await another.runButton.click();
      await another.waitForTokens(TOKENS);
      await another.ended();
      expect(idsOf(await another.tokens())).toEqual(idsOf(tokens));
      expect([...visit.uncaught, ...another.uncaught]).toEqual([]);
      await visit.close();
    },
    4 * PATIENCE_MS,
  );

  it(
    'is computed by two threads on an isolated page without an adapter, as is the embedded target',
    async ({ skip }) => {
      skip(os.availableParallelism() < 2, 'needs two cores');
      const browser = await launch(WITHOUT_WEBGPU_ARGS);
      const threads = () => site.server.requests.filter((name) => name.includes('thread.worker')).length;
      const before = threads();
      const visit = await Visit.open(browser, `${site.server.url}#proof`, false, 'auto');
      visit.page.setDefaultTimeout(PATIENCE_MS);
      expect(await visit.page.evaluate(() => crossOriginIsolated)).toBe(true);
      await visit.set('Most tokens', TOKENS);
      await visit.page.getByRole('radio', { name: 'N-gram', exact: true }).check();
      const prove = async (adapter: string) => {
        await visit.page.getByRole('button', { name: 'Same output?' }).click();
        await visit.page.getByText(`this device (${adapter}): speculation wrote`).waitFor();
      };
      await visit.prompt.fill('Count from 1 to 30.');
      await prove('CPU, WebAssembly, 2 threads');
      expect(threads()).toBeGreaterThan(before);
      await visit.prompt.fill(PROMPT);
      await visit.page.getByRole('button', { name: /^SmolLM2 135M: understands any prompt/ }).click();
      await prove('CPU, WebAssembly, 2 threads');
      expect(visit.uncaught).toEqual([]);
      await browser.close();
    },
    2 * PATIENCE_MS,
  );
});
