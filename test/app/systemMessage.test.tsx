import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { startOf } from '../../src/core/run/tally';
import { packTrace } from '../../src/formats/trace/link';
import { decodeTrace, encodeTrace } from '../../src/formats/trace/trace';
import { useWork } from '../../src/store/engine/work';
import { useConversation } from '../../src/store/modes/conversation';
import { violations } from './support/accessible';
import type { FakeEngine } from './support/fakeEngine';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const fold = () => page.getByText('System message', { exact: true }).first();
const message = () => page.getByLabelText('System message');
const idle = () => expect.poll(() => useWork.getState().current).toBeNull();
const lastRun = (engine: FakeEngine) => engine.runs.at(-1);

async function openWith(target: string): Promise<FakeEngine> {
  useConversation.setState(useConversation.getInitialState());
  const engine = await openPage({
    further: () => Response.json(FURTHER_MANIFEST),
    settings: { maxTokens: 8, adaptive: false, drafting: 'ngram' },
  });
  await page.getByRole('radio', { name: new RegExp(`^${target}`) }).click();
  await expect.element(page.getByText('The model is ready.')).toBeInTheDocument();
  await showView('conversation');
  return engine;
}

async function say(question: string): Promise<void> {
  await page.getByLabelText('Your turn').fill(question);
  await userEvent.keyboard('{Enter}');
  await idle();
}

describe('a system message', () => {
  it('goes with every turn from the next one on, is told by the trace of its run, and is the template’s own where it is empty', async () => {
    const engine = await openWith('General');
    await say('A fox.');
    expect(lastRun(engine)).not.toHaveProperty('system');
    await fold().click();
    await expect.element(message()).toHaveAttribute('placeholder', 'Be kind.');
    await message().fill('Answer in one word, for $1.');
    await say('A bell.');
    expect(lastRun(engine)).toMatchObject({ system: 'Answer in one word, for $1.', prompt: 'A bell.' });
    const events = useConversation.getState().turns.at(-1)?.events ?? [];
    expect(startOf(events)?.system).toBe('Answer in one word, for $1.');
    for (const document of [encodeTrace(events), packTrace(events)]) {
      expect(startOf(decodeTrace(JSON.parse(JSON.stringify(document))).events)?.system).toBe('Answer in one word, for $1.');
    }
    expect(await violations()).toEqual([]);
    await message().fill('   ');
    await say('A river.');
    expect(lastRun(engine)).not.toHaveProperty('system');
  });

  it('that leaves no room says so, and is kept', async () => {
    const engine = await openWith('General');
    engine.options.context = 60;
    engine.forget();
    await fold().click();
    const long = 'Be brief. '.repeat(9);
    await message().fill(long);
    await say('A fox.');
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent(/The prompt has 96 tokens; these models hold 60\..*Shorten the system message/);
    await expect.element(message()).toHaveValue(long);
    await message().fill('Be brief.');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await idle();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
    expect(lastRun(engine)).toMatchObject({ system: 'Be brief.' });
  });

  it('is not offered where the chat template has no place for one, and what was typed for another target is not sent', async () => {
    const engine = await openWith('Fake pair');
    useConversation.setState({ system: 'Be brief.' });
    await say('A fox.');
    expect(message().query()).toBeNull();
    expect(lastRun(engine)).not.toHaveProperty('system');
  });
});
