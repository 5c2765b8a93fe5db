import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committed, idsOf, Visit } from './support/page';
import { servedBuild } from './support/served';

const PROMPT = 'Please tell me a story about a gardener and an old mill.';
const served = servedBuild();

describe('the first visit', () => {
  it('shows what is loading, in bytes, before all of it is there, and runs as soon as it is', async () => {
    served.server.break('models/target/resolve/main/params_shard_0.bin', 'held');
    const visit = await Visit.open(served.browser, served.server.url);
    const progress = visit.page.getByRole('progressbar');
    await expect.poll(() => progress.count()).toBe(2);
    const share = (bar: Element) => (bar as HTMLProgressElement).position;
    await expect.poll(() => progress.first().evaluate(share), { timeout: 60_000 }).toBeGreaterThan(0.3);
    expect(await progress.first().evaluate(share)).toBeLessThan(0.9);
    await visit.set('Most tokens', 3);
    await visit.start(PROMPT);
    expect(await visit.tokens()).toEqual([]);
    served.server.release();
    await visit.ended();
    expect(committed(await visit.tokens())).toHaveLength(3);
    for (const bar of await progress.all()) expect(await bar.evaluate(share)).toBe(1);
    expect(visit.uncaught).toEqual([]);
    await visit.close();
    served.server.repair();
  });
});

describe('a visit with the models loaded', () => {
  let visit: Visit;

  beforeAll(async () => {
    visit = await Visit.open(served.browser, served.server.url);
  });
  afterAll(async () => {
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it('writes the same tokens speculatively, with any draft length, and plainly', async () => {
    await visit.set('Most tokens', 32);
    await visit.choose('Plain decoding');
    const plain = await visit.run(PROMPT);
    expect(plain.length).toBeGreaterThan(0);
    expect(plain.every((token) => token.verdict === 'plain')).toBe(true);
    await visit.choose('Speculative');
    for (const gamma of [1, 16, 4]) {
      await visit.choose('Fixed');
      await visit.set('Draft length γ', gamma);
      const tokens = await visit.run(PROMPT);
      expect(idsOf(tokens), `γ ${gamma}`).toEqual(idsOf(plain));
      expect(tokens.some((token) => token.verdict === 'accepted' || token.verdict === 'rejected')).toBe(true);
    }
    for (const draft of await visit.page.getByRole('group', { name: 'Draft model' }).getByRole('radio').all()) {
      await draft.check();
      expect(idsOf(await visit.run(PROMPT))).toEqual(idsOf(plain));
    }
  });

  it('stops in the middle, keeps what it wrote, and runs again', async () => {
    await visit.set('Most tokens', 900);
    await visit.choose('Plain decoding');
    await visit.start('Count from 1 to 120.');
    // Plain tokens, not those of the run before, which stand until the first of the new one.
    await visit.waitForTokens(4, 'plain');
    await visit.stopButton.click();
    await visit.ended();
    const kept = await visit.tokens();
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept.length).toBeLessThan(900);
    await visit.set('Most tokens', 6);
    const again = await visit.run('Count from 1 to 120.');
    expect(idsOf(again)).toEqual(idsOf(kept).slice(0, 6));
  });

  it('stops at a key, from wherever the focus is', async () => {
    await visit.set('Most tokens', 900);
    await visit.prompt.fill('Count from 1 to 120.');
    await visit.prompt.press('Control+Enter');
    // More than the run before left.
    await visit.waitForTokens(8);
    await visit.page.keyboard.press('Escape');
    await visit.ended();
    expect((await visit.tokens()).length).toBeLessThan(900);
  });

  it('copies the text that was committed, and nothing that was struck', async () => {
    await visit.choose('Speculative');
    await visit.set('Most tokens', 40);
    const tokens = await visit.run(PROMPT);
    await visit.page.getByRole('button', { name: 'Copy text' }).click();
    await visit.page.getByText('Copied.').waitFor();
    const text = await visit.page.evaluate(() => navigator.clipboard.readText());
    expect(text).toBe(
      committed(tokens)
        .map((token) => token.text)
        .join(''),
    );
    expect(text.trim()).not.toBe('');
  });

  it('asks for a prompt when the field is empty, and keeps the output', async () => {
    const before = await visit.tokens();
    for (const nothing of ['', '  \n ']) {
      await visit.start(nothing);
      expect(await visit.failure()).toMatchObject({ code: 'prompt-empty', message: 'The prompt is empty.' });
      expect(await visit.tokens()).toEqual(before);
    }
  });

  it('refuses a prompt longer than the context, keeps it, and runs a shorter one', async () => {
    const long = 'The quick brown fox jumps over the lazy dog. '.repeat(300);
    await visit.start(long);
    const { code, message, hint } = await visit.failure();
    expect(code).toBe('prompt-too-long');
    expect(message).toMatch(/^The prompt has \d+ tokens; these models hold 1024\.$/);
    expect(hint).toBe('Shorten the prompt and run again.');
    expect(await visit.prompt.inputValue()).toBe(long);
    await visit.set('Most tokens', 4);
    expect(committed(await visit.run(PROMPT))).toHaveLength(4);
    expect(await visit.alert.count()).toBe(0);
  });

  it('remembers its settings over a reload, and loads nothing twice', async () => {
    await visit.set('Most tokens', 77);
    await visit.choose('Fixed');
    await visit.set('Draft length γ', 9);
    await visit.choose('Plain decoding');
    const asked = served.server.requests.length;
    await visit.page.reload();
    expect(await visit.page.getByRole('spinbutton', { name: 'Most tokens' }).inputValue()).toBe('77');
    expect(await visit.page.getByRole('spinbutton', { name: 'Draft length γ' }).inputValue()).toBe('9');
    expect(await visit.page.getByRole('radio', { name: 'Plain decoding' }).isChecked()).toBe(true);
    await visit.set('Most tokens', 3);
    expect(await visit.run(PROMPT)).toHaveLength(3);
    const models = served.server.requests.slice(asked).filter((name) => name.startsWith('models/') && name !== 'models/manifest.json');
    expect(models).toEqual([]);
  });
});
