import fs from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from '../../e2e/support/built';
import { idsOf, Visit } from '../../e2e/support/page';
import { servedBuild } from '../../e2e/support/served';

const PROMPT = 'Why is the sky blue?';
const TOKENS = 12;
/** A real model on a CPU, several runs in one step of a test. */
const PATIENCE_MS = 600_000;
const hasModel = fs.existsSync(`${BUILT}/models-smollm2/manifest.json`);

/** What the page does with its own pair, with a real model and its head; e2e/smollm2.test.ts has its proof and its work offline. "npm run models -- smollm2" makes it. */
describe.skipIf(!hasModel)('SmolLM2 in the page', () => {
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

  it('is proven: the same ids both ways', async () => {
    await show('proof');
    await visit.prompt.fill(PROMPT);
    await visit.page.getByRole('button', { name: 'Same output?' }).click();
    await visit.page.getByText(`Yes: all ${TOKENS} tokens are the same, id for id.`).waitFor();
  });

  it('is measured: what its passes and its head take, and what that comes to', async () => {
    await show('measure');
    const pays = visit.page.getByRole('region', { name: 'Does it pay here?' });
    await pays.getByRole('button', { name: 'Measure this device' }).click();
    await pays.getByText(/If every draft were accepted/).waitFor();
    for (const [key, form] of [
      ['decode', /^\d[\d.,]* ms$/],
      ['draft', /^\d[\d.,]* ms$/],
    ] as const)
      expect(await visit.page.locator(`[data-count="${key}"]`).first().textContent(), key).toMatch(form);
  });

  it('is experimented with, on a prompt of one’s own', async () => {
    await show('experiment');
    const prompts = visit.page.getByRole('group', { name: 'Prompts', exact: true });
    while ((await prompts.getByRole('checkbox', { checked: true }).count()) > 0)
      await prompts.getByRole('checkbox', { checked: true }).first().uncheck();
    await visit.page.getByRole('textbox', { name: 'A prompt of your own' }).fill('Name three rivers in Africa.');
    await visit.page.getByRole('button', { name: 'Add', exact: true }).click();
    await visit.page.getByRole('spinbutton', { name: 'Most tokens' }).fill(String(TOKENS));
    await visit.page.getByRole('spinbutton', { name: 'Repetitions' }).fill('1');
    await visit.page.getByRole('button', { name: 'Run the experiment' }).click();
    await visit.page.getByText(/^All \d+ outputs are the same as plain decoding’s/).waitFor();
  });

  it('converses, under a system message, over what its caches kept', async () => {
    await show('conversation');
    await visit.page.getByText('System message', { exact: true }).first().click();
    await visit.page.getByLabel('System message').fill('You answer in capital letters.');
    for (const [i, question] of ['What is the capital of France?', 'And of Italy?'].entries()) {
      await visit.page.getByLabel('Your turn').fill(question);
      await visit.page.keyboard.press('Enter');
      // Until it is asked, a recorded turn of the same number stands there.
      const turn = visit.page.getByRole('listitem', { name: `Turn ${i + 1}`, exact: true }).filter({ hasText: question });
      await turn.getByRole('button', { name: 'Step by step' }).waitFor();
      const reused = await turn.locator('[data-count="reused"]').textContent();
      if (i > 0) expect(Number.parseInt(reused ?? '', 10)).toBeGreaterThan(30);
    }
    await expect.poll(() => visit.page.getByRole('log', { name: 'Answer of turn 2' }).textContent()).toMatch(/ROME/i);
  });
});
