import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useRun } from '../../src/store/run/run';
import { log, openPage, prompt, runButton, runToEnd, tokenElements, untilIdle } from './support/openPage';
import { tabTo } from './support/tabTo';

const focused = () => document.activeElement as HTMLElement | null;

describe('with the keyboard alone', () => {
  it('asks, runs, walks through the tokens and reads their cards', async () => {
    await openPage();
    await tabTo(prompt().element());
    await userEvent.keyboard('A fox.');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await untilIdle();
    await tabTo(log().element());
    await userEvent.keyboard('{ArrowRight}');
    const tokens = tokenElements();
    expect(focused()).toBe(tokens[0]);
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(focused()).toBe(tokens[1]);
    const rejected = tokens.findIndex((token) => token.dataset.verdict === 'rejected');
    for (let at = 1; at < rejected; at++) await userEvent.keyboard('{ArrowRight}');
    const card = page.getByRole('tooltip');
    await expect.element(card).toHaveTextContent('Rejected');
    await expect.element(card).toHaveTextContent('Target’s probability p0.00');
    await expect.element(card).toHaveTextContent('Draft’s probability q1.00');
    expect(focused()?.getAttribute('aria-describedby')).toBe(card.element().id);
    await userEvent.keyboard('{Escape}');
    await expect.element(card).not.toBeInTheDocument();
    await userEvent.keyboard('{End}');
    expect(focused()).toBe(tokens.at(-1));
  });

  it('runs from the Run button and stops with Escape from anywhere', async () => {
    const engine = await openPage();
    engine.options.hold = 3;
    await prompt().fill('A fox.');
    await tabTo(runButton().element());
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => tokenElements().length).toBeGreaterThan(5);
    expect(focused()).toBe(runButton().element());
    await userEvent.keyboard('{Escape}');
    await untilIdle();
    const end = useRun.getState().events.at(-1);
    expect(end?.type === 'end' && end.reason).toBe('aborted');
  });

  it('writes a key on its button only where it works', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    const key = () => page.getByRole('button', { name: 'Next prompt' }).element().querySelector('.button-keys');
    const seen = () => getComputedStyle(key() as Element).visibility;
    (focused() as HTMLElement).blur();
    await expect.poll(seen).toBe('visible');
    await userEvent.keyboard('/');
    expect(focused()).toBe(prompt().element());
    await expect.poll(seen).toBe('hidden');
    await userEvent.keyboard('/');
    await expect.element(prompt()).toHaveValue('A fox./');
    await tabTo(runButton().element());
    await expect.poll(seen).toBe('visible');
  });

  it('reaches every setting and shows where the focus is', async () => {
    await openPage();
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    const reached = new Set<Element>();
    log().element().focus();
    for (let element = focused(); element && element !== document.body && !reached.has(element); element = focused()) {
      reached.add(element);
      const shown = element.matches('.choice input') ? element.parentElement : element;
      expect(shown && getComputedStyle(shown).outlineStyle, element.outerHTML.slice(0, 80)).toBe('solid');
      await userEvent.keyboard('{Tab}');
    }
    const names = ['Speculative', 'Good draft'].map((name) => page.getByRole('radio', { name }));
    const fields = ['Draft length γ', 'Most tokens'].map((name) => page.getByLabelText(name));
    for (const locator of [...names, ...fields, runButton(), log()]) expect(reached.has(locator.element())).toBe(true);
  });
});
