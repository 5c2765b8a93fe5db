import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { committedTokens, tally } from '../../src/core/run/tally';
import type { RunToken } from '../../src/core/types';
import { showRun, useRun } from '../../src/store/run/run';
import { log, openPage, prompt, runButton, runToEnd, stopButton, tokenElements, untilIdle } from './support/openPage';
import { tabTo } from './support/tabTo';

const COMMITTED = ['accepted', 'corrected', 'bonus', 'plain'];
const shownCount = (key: string) => document.querySelector(`[data-count="${key}"]`)?.textContent;

function tokensOfRun(): RunToken[] {
  return useRun.getState().events.flatMap((event) => (event.type === 'round' ? event.tokens : []));
}

describe('a run', () => {
  it('shows every token of every round with its verdict, id and text', async () => {
    await openPage();
    await prompt().fill('A fox finds a bell.');
    await runToEnd();
    const tokens = tokensOfRun();
    const elements = tokenElements();
    expect(elements.map((element) => element.dataset.verdict)).toEqual(tokens.map((token) => token.verdict));
    expect(elements.map((element) => Number(element.dataset.tokenId))).toEqual(tokens.map((token) => token.id));
    const kinds = new Set(tokens.map((token) => token.verdict));
    expect([...kinds].sort()).toEqual(['accepted', 'bonus', 'corrected', 'discarded', 'plain', 'rejected']);
    const written = elements.filter((element) => COMMITTED.includes(element.dataset.verdict ?? ''));
    const text = committedTokens(useRun.getState().events).map((token) => token.text);
    expect(written.map((element) => element.textContent)).toEqual(text);
  });

  it('strikes what was not kept, and keeps it out of selections', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    for (const verdict of ['rejected', 'discarded']) {
      const ink = log().element().querySelector(`[data-verdict="${verdict}"] .ink`);
      expect(ink && getComputedStyle(ink).textDecorationLine).toBe('line-through');
      expect(ink && getComputedStyle(ink).userSelect).toBe('none');
    }
  });

  it('counts what the events add up to', async () => {
    await openPage();
    // Before a run nothing has been counted.
    expect(shownCount('rounds')).toBeUndefined();
    await prompt().fill('A fox.');
    await runToEnd();
    const counted = tally(useRun.getState().events);
    for (const key of ['rounds', 'drafted', 'accepted', 'rejected', 'discarded'] as const) {
      expect(shownCount(key), key).toBe(String(counted[key]));
    }
    expect(shownCount('meanAcceptanceLength')).toBe(counted.meanAcceptanceLength?.toFixed(2));
    expect(shownCount('tokensPerSecond')).toBe(counted.tokensPerSecond?.toFixed(1));
    expect(shownCount('acceptanceRate')).toBe(`${Math.round((counted.acceptanceRate ?? 0) * 100)}%`);
    expect(shownCount('acceptedOverDrafted')).toBe(`${Math.round((counted.acceptedOverDrafted ?? 0) * 100)}%`);
    expect(shownCount('readbacksPerRound')).toBe('1.00');
  });

  it('of the CPU, which reads nothing back, says so in place of a number', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    showRun(useRun.getState().events.map((event) => (event.type === 'round' ? { ...event, readbacks: 0 } : event)));
    await expect.poll(() => shownCount('readbacksPerRound')).toBe('none');
    await expect.element(page.getByText('on the CPU nothing is read back')).toBeInTheDocument();
  });

  it('is told beforehand where the prompt is like none that the pair knows, once it is typed, and runs all the same', async () => {
    await openPage();
    const note = page.getByText(/^These small models were not trained on such prompts/);
    await expect.element(page.getByText(/^This pair writes short stories, JSON records/)).toBeInTheDocument();
    await prompt().fill('Why is the sky blue?');
    await expect.element(note).toBeInTheDocument();
    await prompt().fill('Tell a short story about the sky.');
    await expect.element(note).not.toBeInTheDocument();
    await prompt().fill('');
    await prompt().fill('Why is the sky blue?');
    await expect.element(note).toBeInTheDocument();
    await runToEnd();
    expect(useRun.getState().events.at(-1)).toMatchObject({ type: 'end' });
  });

  it.each([
    [1280, 720],
    [1440, 900],
    [390, 844],
  ])('can be stopped beside its heading at %i × %i, not in a line below', async (width, height) => {
    await page.viewport(width, height);
    const engine = await openPage();
    const inHeadingLine = () => {
      const heading = page.getByRole('heading', { name: 'Output', exact: true }).element().getBoundingClientRect();
      const { top, bottom } = stopButton().element().getBoundingClientRect();
      return (top + bottom) / 2 > heading.top && (top + bottom) / 2 < heading.bottom;
    };
    await prompt().fill('A fox.');
    engine.options.hold = 5;
    await runButton().click();
    await expect.poll(inHeadingLine).toBe(true);
    await stopButton().click();
    await untilIdle();
    expect(inHeadingLine()).toBe(true);
  });

  it.each([
    [1280, 720],
    [390, 844],
  ])('offers Stop at %i × %i while it goes on alone, in a place that was kept', async (width, height) => {
    await page.viewport(width, height);
    const engine = await openPage();
    const bar = () => document.querySelector('.output-bar')?.getBoundingClientRect().top ?? 0;
    const places = () =>
      [...document.querySelectorAll('.output-bar :is(h2, .button)')].map((part) => {
        const { left, top } = part.getBoundingClientRect();
        return [part.textContent, left, part.closest('.output-buttons') ? null : top - bar()];
      });
    expect(stopButton().query()).toBeNull();
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.element(page.getByText(/^Finished/)).toBeInTheDocument();
    expect(stopButton().query()).toBeNull();
    const before = places();
    engine.options.hold = 5;
    runButton().element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(stopButton()).toBeVisible();
    expect(places()).toEqual(before);
    await userEvent.keyboard('{Escape}');
    await untilIdle();
    expect(stopButton().query()).toBeNull();
  });

  it('that was stopped by its button leaves the focus there until the person moves on', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    engine.options.hold = 5;
    await runButton().click();
    await tabTo(stopButton().element());
    await userEvent.keyboard('{Enter}');
    await untilIdle();
    await expect.element(stopButton()).toHaveFocus();
    await expect.element(stopButton()).toHaveAttribute('aria-disabled', 'true');
    await userEvent.keyboard('{Tab}');
    expect(stopButton().query()).toBeNull();
    expect(document.activeElement).not.toBe(document.body);
  });

  it('says what came of it in one line at 1280 × 720', async () => {
    await page.viewport(1280, 720);
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    const sentence = page
      .getByRole('status')
      .filter({ hasText: /^Finished at the limit: 160 tokens/ })
      .element();
    expect(sentence.getBoundingClientRect().height).toBeLessThan(2 * Number.parseFloat(getComputedStyle(sentence).lineHeight));
  });

  it('announces its end in one sentence and no token', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await expect.element(log()).toHaveAttribute('aria-live', 'off');
    await runToEnd();
    const sentence = page.getByRole('status').filter({ hasText: /^Finished at the limit: 160 tokens in \d+ rounds, / });
    await expect.element(sentence).toBeInTheDocument();
  });

  it('ends with a mark at a stop token', async () => {
    const engine = await openPage();
    engine.options.stopTokens = new Set([0]);
    await prompt().fill('A fox.');
    await runToEnd();
    const end = useRun.getState().events.at(-1);
    expect(end?.type === 'end' && end.reason).toBe('stop');
    const written = tokenElements().filter((element) => COMMITTED.includes(element.dataset.verdict ?? ''));
    expect(written.at(-1)?.dataset.empty).toBe('stop');
    expect(written.at(-1)?.textContent).toBe('');
  });

  it('stops when asked, keeps what was written, and runs again', async () => {
    const engine = await openPage();
    engine.options.hold = 3;
    await prompt().fill('A fox.');
    await runButton().click();
    await expect.poll(() => useRun.getState().events.filter(({ type }) => type === 'round').length).toBe(3);
    await stopButton().click();
    await untilIdle();
    const end = useRun.getState().events.at(-1);
    expect(end?.type === 'end' && end.reason).toBe('aborted');
    expect(tokenElements()).toHaveLength(tokensOfRun().length);
    await expect.element(page.getByText(/^Stopped: /)).toBeInTheDocument();
    engine.options.hold = null;
    await runToEnd();
    await expect.element(page.getByText(/^Finished/)).toBeInTheDocument();
  });

  it('has Stop beside its heading while it goes on, in a wide window', async () => {
    await page.viewport(1600, 900);
    const engine = await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    engine.options.hold = 3;
    await runButton().click();
    await expect.element(stopButton()).toBeInTheDocument();
    const [stop, heading] = [stopButton(), page.getByRole('heading', { name: 'Output', exact: true })].map((each) =>
      each.element().getBoundingClientRect(),
    );
    expect(stop?.top).toBeLessThan(heading?.bottom ?? 0);
    await stopButton().click();
    await untilIdle();
  });

  it('can be stopped while the models load, and leaves the output of the run before', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    const before = useRun.getState().events;
    engine.forget();
    engine.options.pace = 1000;
    await runButton().click();
    await expect.element(page.getByText(/^Loading the models/)).toBeInTheDocument();
    await stopButton().click();
    await untilIdle();
    await expect.element(page.getByText('Stopped before the run began.')).toBeInTheDocument();
    expect(useRun.getState().events).toBe(before);
  });

  it('runs the other way what stands on the page, whatever was typed since, and compares', async () => {
    await openPage();
    const prove = page.getByRole('button', { name: 'Same output?' });
    await expect.element(prove).not.toBeInTheDocument();
    await prompt().fill('A fox.');
    await runButton().click();
    await untilIdle();
    await prompt().fill('Something else.');
    await prove.click();
    await untilIdle();
    const { last } = useRun.getState();
    for (const events of [last.speculative, last.plain]) expect(events?.[0]).toMatchObject({ type: 'start', prompt: 'A fox.' });
    // What has drafts to step through stays on the page.
    expect(useRun.getState().events).toBe(last.speculative);
    await expect.element(page.getByText('The output is identical: 160 tokens.')).toBeInTheDocument();
    await expect.element(prompt()).toHaveValue('Something else.');
    await expect.element(page.getByRole('radio', { name: 'Speculative' })).toBeChecked();
  });

  it('compares the last speculative run with the last plain one of the same prompt', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.element(page.getByText('Run the same prompt with plain decoding to compare.')).toBeInTheDocument();
    await page.getByText('Plain decoding', { exact: true }).click();
    await runToEnd();
    expect(new Set(tokenElements().map((element) => element.dataset.verdict))).toEqual(new Set(['plain']));
    const { speculative, plain } = useRun.getState().last;
    const [fast, slow] = [speculative, plain].map((events) => tally(events ?? []).tokensPerSecond ?? 0);
    const compared = `${((fast ?? 0) / (slow ?? 1)).toFixed(2)} ×`;
    await expect.element(page.getByText(compared, { exact: true })).toBeInTheDocument();
    await expect.element(page.getByText('The output is identical: 160 tokens.')).toBeInTheDocument();
    await prompt().fill('A bell.');
    await runToEnd();
    await expect.element(page.getByText(/had different prompts or settings/)).toBeInTheDocument();
  });

  it('appends the rounds of a run of 1,000 tokens, and never touches what stands', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await page.getByLabelText('Most tokens').fill('1000');
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(log().element(), { subtree: true, childList: true, characterData: true, attributeFilter: ['class'] });
    await runToEnd();
    observer.disconnect();
    const written = tokenElements().filter((element) => COMMITTED.includes(element.dataset.verdict ?? ''));
    expect(written).toHaveLength(1000);
    const removed = changes.flatMap((change) => [...change.removedNodes]).filter((node) => !(node as Element).matches('.writing'));
    expect(removed).toEqual([]);
    expect(changes.filter((change) => change.target !== log().element())).toEqual([]);
  });
});
