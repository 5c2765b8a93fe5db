import fs from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from '../../e2e/support/built';
import { committed, idsOf, Visit } from '../../e2e/support/page';
import { servedBuild } from '../../e2e/support/served';

const PROMPT = 'Why is the sky blue?';
const TOKENS = 12;
/** A real model on a CPU, several runs in one step of a test. */
const PATIENCE_MS = 600_000;
const hasModel = fs.existsSync(`${BUILT}/models-smollm2/manifest.json`);

/** Everything that the page does with its own pair, with a real model and its head: "npm run models -- smollm2" makes it. */
describe.skipIf(!hasModel)('SmolLM2 in every view', () => {
  const site = servedBuild();
  let visit: Visit;
  const show = async (view: string) => {
    await visit.page.goto(`${site.server.url}#${view}`);
    await visit.page.getByRole('navigation').locator('[aria-current="page"]').first().waitFor();
  };

  beforeAll(async () => {
    visit = await Visit.open(site.browser, site.server.url, true);
    visit.page.setDefaultTimeout(PATIENCE_MS);
    await visit.page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    await visit.set('Most tokens', TOKENS);
    await visit.prompt.fill(PROMPT);
    await visit.page.getByRole('button', { name: /^SmolLM2 135M: understands any prompt/ }).click();
    await visit.page
      .getByRole('radio', { name: /^SmolLM2/ })
      .and(visit.page.getByRole('radio', { checked: true }))
      .first()
      .waitFor();
    await visit.page.getByText('Both models are ready.').waitFor({ state: 'attached' });
  });
  afterAll(() => visit.close());
  afterEach(() => expect(visit.uncaught).toEqual([]));

  const plainIds = { of: [] as number[] };

  it('writes with its head, with n-grams and with both what it writes plainly', async () => {
    await visit.choose('Plain decoding');
    plainIds.of = idsOf(await visit.run(PROMPT));
    expect(plainIds.of).toHaveLength(TOKENS);
    await visit.choose('Speculative');
    await visit.choose('Fixed');
    for (const drafting of ['N-gram', 'N-gram, then model', 'Model']) {
      await visit.page.getByRole('radio', { name: drafting, exact: true }).check();
      const tokens = await visit.run(PROMPT);
      expect(idsOf(tokens), drafting).toEqual(plainIds.of);
      if (drafting !== 'N-gram') expect(tokens.length, drafting).toBeGreaterThan(TOKENS);
    }
  });

  it('shares a run as a link that another tab shows, token for token, without its models', async () => {
    const shared = await visit.tokens();
    await visit.page.getByRole('button', { name: 'Share', exact: true }).click();
    const link = await visit.page.getByRole('textbox', { name: 'Link' }).inputValue();
    await visit.page.getByRole('button', { name: 'Close' }).click();
    const opened = await visit.alsoOpen(link);
    const log = opened.page.getByRole('log', { name: 'Recorded output' });
    await log
      .locator('[data-token-id]')
      .nth(shared.length - 1)
      .waitFor({ state: 'attached' });
    const seen = await log.locator('[data-token-id]').evaluateAll((all) => all.map((each) => Number(each.getAttribute('data-token-id'))));
    expect(seen).toEqual(shared.map(({ id }) => id));
    await opened.page.close();
  });

  it('is followed step by step', async () => {
    await show('step');
    const place = visit.page.getByText(/^Round \d+ of \d+, step \d+ of \d+/);
    await place.waitFor();
    const before = await place.textContent();
    await visit.page.keyboard.press('ArrowRight');
    await expect.poll(() => place.textContent()).not.toBe(before);
  });

  it('races plain decoding against speculation, to the same text', async () => {
    await show('race');
    await visit.prompt.fill(PROMPT);
    await visit.page.getByRole('button', { name: 'Race', exact: true }).click();
    await visit.page.getByText(`The texts are the same: ${TOKENS} tokens compared, id for id.`).waitFor();
  });

  it('is proven to write the same ids', async () => {
    await show('proof');
    await visit.prompt.fill(PROMPT);
    await visit.page.getByRole('button', { name: 'Same output?' }).click();
    await visit.page.getByText(`Yes: all ${TOKENS} tokens are the same, id for id.`).waitFor();
  });

  it('tells what it costs on this device', async () => {
    await show('measure');
    await visit.page.getByRole('img', { name: 'Acceptance over the run' }).first().waitFor();
    const part = visit.page.getByRole('region', { name: 'Does it pay here?' });
    await part.getByRole('button', { name: 'Measure this device' }).click();
    await part
      .getByText(/break-even/i)
      .first()
      .waitFor();
  });

  it('takes part in an experiment with a prompt of one’s own', async () => {
    await show('experiment');
    const { page } = visit;
    for (const box of await page.getByRole('group', { name: 'Prompts' }).getByRole('checkbox', { checked: true }).all())
      await box.uncheck();
    await page.getByLabel('A prompt of your own').fill('Name three colours.');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(/^\d runs: 1 prompt, /).waitFor();
    await page.getByRole('button', { name: 'Run the experiment' }).click();
    await page.getByText(/^All \d outputs? are the same as plain decoding’s, id for id/).waitFor();
  });

  it('converses under a system message, the second turn from the caches of the first', async () => {
    await show('conversation');
    const { page } = visit;
    await page.getByText('System message', { exact: true }).first().click();
    await page.getByLabel('System message').fill('You are a pirate. Answer in one short sentence.');
    for (const [index, question] of ['Where do you live?', 'And with whom?'].entries()) {
      await page.getByLabel('Your turn').fill(question);
      await page.keyboard.press('Enter');
      await page
        .getByRole('status')
        .filter({ hasText: new RegExp(`^Turn ${index + 1}: \\d+ tokens`) })
        .waitFor();
    }
    await page
      .getByText(/[1-9]\d* of \d+ tokens/)
      .first()
      .waitFor();
  });

  it('judges what a person drafts', async () => {
    await show('be-the-draft');
    const { page } = visit;
    await page.getByRole('button', { name: 'Begin', exact: true }).click();
    const box = page.getByLabel(/what comes next\?$/i);
    await expect.poll(() => box.isEditable(), { timeout: PATIENCE_MS }).toBe(true);
    await box.fill('The sky');
    await box.press('Enter');
    await page
      .getByText(/^Round 1: /)
      .first()
      .waitFor();
  });

  it('answers the page’s own API, and keeps to a grammar', async () => {
    await show('watch');
    const answer = await visit.page.evaluate(async () => {
      const { data } = await (await fetch('/v1/models')).json();
      const model = data.map(({ id }: { id: string }) => id).find((id: string) => /smollm2/i.test(id));
      const schema = {
        type: 'object',
        properties: { colour: { enum: ['blue', 'green'] } },
        required: ['colour'],
        additionalProperties: false,
      };
      const response = await fetch('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ model, temperature: 0, max_tokens: 24, messages: [{ role: 'user', content: 'Which colour has the sky?' }] },
          response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
        }),
      });
      return response.json();
    });
    expect(JSON.parse(answer.choices[0].message.content)).toEqual({ colour: expect.stringMatching(/^(blue|green)$/) });
  });

  it('does all this without a network', async () => {
    await show('watch');
    await visit.page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor();
    await visit.page.context().setOffline(true);
    const another = await visit.alsoOpen(`${site.server.url}?offline`);
    another.page.setDefaultTimeout(PATIENCE_MS);
    await another.page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    const tokens = await another.run(PROMPT);
    expect(committed(tokens).map(({ id }) => id)).toEqual(plainIds.of);
    expect(another.uncaught).toEqual([]);
  });
});
