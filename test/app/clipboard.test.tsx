import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { committedTokens } from '../../src/core/run/tally';
import { useRun } from '../../src/store/run/run';
import { log, openPage, prompt, runToEnd, tokenElements } from './support/openPage';

const committedText = () =>
  committedTokens(useRun.getState().events)
    .map((token) => token.text)
    .join('');

function copied(): string {
  const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
  log().element().dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  return event.clipboardData?.getData('text/plain') ?? '';
}

describe('copying', () => {
  it('puts the committed text on the clipboard with the button', async () => {
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await page.getByRole('button', { name: 'Copy text' }).click();
    expect(write).toHaveBeenCalledWith(committedText());
    await expect.element(page.getByText('Copied.')).toBeInTheDocument();
  });

  it('says so when there is no clipboard', async () => {
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('denied', 'NotAllowedError'));
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await page.getByRole('button', { name: 'Copy text' }).click();
    await expect.element(page.getByText(/clipboard is not available/)).toBeInTheDocument();
  });

  it('copies a selection of the whole output without what was struck', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    getSelection()?.selectAllChildren(log().element());
    expect(copied()).toBe(committedText());
  });

  it('copies exactly the committed part of a selection that crosses struck tokens', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    const tokens = tokenElements();
    const rejected = tokens.findIndex((token, i) => i > 2 && token.dataset.verdict === 'rejected');
    const corrected = tokens.findIndex((token, i) => i > rejected && token.dataset.verdict === 'corrected');
    const [first, last] = [tokens[rejected - 2], tokens[corrected]];
    if (!first || !last) throw new Error('the run has no rejection to select across');
    getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    const expected = tokens.slice(rejected - 2, corrected + 1).filter((token) => token.localName !== 'del');
    expect(copied()).toBe(expected.map((token) => token.textContent).join(''));
  });
});
