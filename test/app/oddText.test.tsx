import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunToken, Verdict } from '../../src/core/types';
import { showRun, useRun } from '../../src/store/run/run';
import { changeSettings, useSettings } from '../../src/store/run/settings';
import { ODD_TEXTS } from '../support/runEvents';
import { fitsTheWidth } from './support/accessible';
import { log, openPage, prompt, runToEnd, tokenElements } from './support/openPage';

/** A run that has committed `texts`, one a round. */
function runOf(texts: readonly string[]): RunEvent[] {
  const token = (text: string, verdict: Verdict): RunToken => ({ id: 1, verdict, p: 1, q: null, u: null, candidates: null, text });
  const labels = { target: 't', draft: null, adapter: 'a' };
  return [
    { type: 'start', prompt: 'any', promptIds: [1], settings: { ...DEFAULT_RUN, mode: 'plain' }, labels, calibration: null },
    ...texts.map(
      (text, index): RunEvent => ({
        ...{ type: 'round', index, readbacks: 1, limits: { model: 0, ngram: 0 }, source: null, device: null },
        ...{ tokens: [token(text, 'plain')], startMs: index, endMs: index + 1 },
      }),
    ),
    { type: 'end', reason: 'length', endMs: texts.length },
  ];
}

const signs = () => [...log().element().querySelectorAll<HTMLElement>('.hidden-character')].map(({ dataset }) => dataset.sign);
const rightOf = (element: Element | undefined) => element?.getBoundingClientRect().right ?? 0;

describe('an output with odd text', () => {
  it('is text whatever it holds: no markup, every token as it came', async () => {
    await openPage();
    showRun(runOf(ODD_TEXTS));
    await expect.poll(() => tokenElements().length).toBe(ODD_TEXTS.length);
    expect(tokenElements().map((element) => element.textContent)).toEqual(ODD_TEXTS);
    expect(log().element().querySelector('script, img, b')).toBeNull();
    expect(fitsTheWidth()).toBe(true);
  });

  it('has a sign for what cannot be seen', async () => {
    await openPage();
    showRun(runOf(['a\u202eb', '\ud83d', '\u0007', '\u200b', '👩‍🚀', '😀\n\t']));
    await expect.poll(signs).toEqual(['U+202E', 'U+D83D', 'U+0007', 'U+200B']);
    const [sign] = [...log().element().querySelectorAll('.hidden-character')];
    expect(sign && getComputedStyle(sign, '::before').content).toBe('"U+202E"');
    expect(sign?.getBoundingClientRect().width).toBeGreaterThan(20);
  });

  it('has the mark of an end for a token that ends a turn, passed over or struck, and keeps its text to be copied', async () => {
    await openPage();
    const [start, round, ...rest] = runOf(['one', '<|im_end|>', 'two']);
    if (round?.type !== 'round') throw new Error('the run has a round');
    const struck = { ...round.tokens[0], text: '<|im_end|>', verdict: 'rejected' } as RunToken;
    showRun([start as RunEvent, { ...round, tokens: [struck, ...round.tokens] }, ...rest]);
    await expect.poll(() => tokenElements().length).toBe(4);
    expect(tokenElements().map((element) => element.textContent)).toEqual(['', 'one', '<|im_end|>', 'two']);
    for (const end of log().element().querySelectorAll('.end')) {
      expect(getComputedStyle(end, '::before').content).toBe('"■"');
      expect(end.getBoundingClientRect().width).toBeLessThan(20);
    }
    expect(log().element().querySelectorAll('.end').length).toBe(2);
    await userEvent.hover(tokenElements()[0] as HTMLElement);
    await expect.element(page.getByRole('tooltip')).toHaveTextContent('■ End');
  });

  it('keeps a mark of direction from turning the text after it', async () => {
    await openPage();
    showRun(runOf(['one', ' \u202etwo', ' three', ' four']));
    await expect.poll(() => tokenElements().length).toBe(4);
    const [one, two, three, four] = tokenElements();
    expect(rightOf(one)).toBeLessThan(rightOf(two));
    expect(rightOf(two)).toBeLessThan(rightOf(three));
    expect(rightOf(three)).toBeLessThan(rightOf(four));
  });
});

describe('a prompt with odd text', () => {
  it('is named, and is kept and run unchanged', async () => {
    const engine = await openPage();
    const odd = '<b>Tell</b> me\u202e a \ud83d story\u200b.';
    // Half a character comes in by a paste; the test's own keyboard speaks UTF-8.
    changeSettings({ prompt: odd });
    await expect.element(page.getByText('Invisible characters: U+202E, U+D83D, U+200B. They are sent unchanged.')).toBeInTheDocument();
    await expect.element(page.getByText(/halves of characters/)).toBeInTheDocument();
    await runToEnd();
    const task = engine.tasks.findLast((each) => each.type === 'run');
    expect(task?.type === 'run' && task.prompt).toBe('<b>Tell</b> me\u202e a \ufffd story\u200b.');
    expect(useSettings.getState().prompt).toBe(odd);
  });

  it('of 100,000 characters has its length shown, can be typed in, and is kept when it is run', async () => {
    await openPage();
    const long = 'The quick brown fox jumps. '.repeat(3704).slice(0, 100_000);
    await prompt().fill(long);
    await expect.element(page.getByText(/^100,000 characters\. These models hold 2,048 tokens/)).toBeInTheDocument();
    const box = prompt().element() as HTMLTextAreaElement;
    box.focus();
    box.setSelectionRange(50_000, 50_000);
    await userEvent.keyboard('xyz');
    expect(useSettings.getState().prompt).toHaveLength(100_003);
    expect(box.offsetHeight).toBeLessThan(innerHeight);
    await runToEnd();
    expect(box.value).toHaveLength(100_003);
    expect(useRun.getState().activity).toBe('idle');
  });
});
