import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RoundEvent, RunEvent, RunToken, Verdict } from '../../src/core/types';
import { stepToEnd } from '../../src/store/recordings/stepper';
import { showRun } from '../../src/store/run/run';
import { fitsTheWidth, violations } from './support/accessible';
import { emulateMedia } from './support/media';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const BEHIND = 15;

function round(index: number, verdicts: readonly Verdict[]): RoundEvent {
  const tokens = verdicts.map(
    (verdict, i): RunToken => ({
      id: 10 * index + i,
      verdict,
      p: 0.5,
      q: verdict === 'plain' ? null : 0.5,
      u: null,
      candidates: null,
      text: ` w${index}.${i}`,
    }),
  );
  const times = { startMs: 10 * index, endMs: 10 * index + 10 };
  return {
    type: 'round',
    index,
    tokens,
    readbacks: 1,
    limits: { model: 16, ngram: 0 },
    source: index > 0 ? 'model' : null,
    device: null,
    ...times,
  };
}

/** An answer that a draft ended, with fifteen drafts past the end. */
const EVENTS: readonly RunEvent[] = [
  {
    ...{ type: 'start', prompt: 'A fox.', promptIds: [1, 2], settings: { ...DEFAULT_RUN, gamma: 16 }, calibration: null },
    labels: { target: 'target', draft: 'draft', adapter: 'memory' },
  },
  { type: 'prefill', tokens: 0, reused: 0, endMs: 0 },
  round(0, ['plain']),
  round(1, ['accepted', 'rejected', 'discarded', 'corrected']),
  round(2, ['accepted', 'accepted', ...Array<Verdict>(BEHIND).fill('discarded')]),
  { type: 'end', reason: 'stop', stopString: null, endMs: 30 },
];

const text = committedTokens(EVENTS)
  .map((token) => token.text)
  .join('');
const fold = () => page.getByRole('button', { name: '15 drafts past the end of the answer' });
const log = () => document.querySelector('.log');
const count = (key: string) => document.querySelector(`.counts [data-count="${key}"]`)?.textContent;

async function open(view: string): Promise<void> {
  await openPage();
  showRun(EVENTS);
  await showView(view);
}

afterEach(async () => {
  location.hash = '';
  await emulateMedia('');
});

describe('drafts past the end of an answer', () => {
  it('are folded in the stream, out of every count, and there when they are asked for', async () => {
    await open('watch');
    await expect.element(fold()).toHaveAttribute('aria-expanded', 'false');
    expect(log()?.querySelectorAll('.discarded')).toHaveLength(1);
    expect(getComputedStyle(fold().element(), '::before').content).toBe('"+15 past the end"');
    const counted = tally(EVENTS);
    expect(counted).toMatchObject({ drafted: 5, accepted: 3, rejected: 1, discarded: 1, pastEnd: BEHIND });
    for (const key of ['drafted', 'accepted', 'rejected', 'discarded'] as const) expect(count(key)).toBe(String(counted[key]));
    expect(count('acceptedOverDrafted')).toBe('60%');
    expect(count('pastEnd')).toContain('+15 past the end');
    await expect.element(page.getByText(/60% of 5 drafts accepted, \+15 past the end\./)).toBeInTheDocument();
    expect(await violations()).toEqual([]);

    await fold().click();
    expect(log()?.querySelectorAll('.discarded')).toHaveLength(1 + BEHIND);
    // Nothing that is drawn is text: what can be copied is the answer.
    const struck = [...(log()?.querySelectorAll('del') ?? [])].map((each) => each.textContent).join('');
    expect((log()?.textContent ?? '').length - struck.length).toBe(text.length);
    await fold().click();
    expect(log()?.querySelectorAll('.discarded')).toHaveLength(1);
  });

  it('are unfolded by keys, and their card says that nobody judged them', async () => {
    await open('watch');
    (fold().element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(fold()).toHaveAttribute('aria-expanded', 'true');
    log()?.querySelectorAll<HTMLElement>('.discarded')[1]?.focus();
    await expect.element(page.getByRole('tooltip')).toHaveTextContent('Past the end: drafted after the token that ended the answer');
    log()?.querySelectorAll<HTMLElement>('.discarded')[0]?.focus();
    await expect.element(page.getByRole('tooltip')).toHaveTextContent('Discarded: drafted after a rejection');
  });

  it('are on paper too, without other controls', async () => {
    await open('watch');
    await emulateMedia('print');
    expect(fold().element().checkVisibility()).toBe(true);
    expect(document.querySelector('.output-bar button')?.checkVisibility() ?? false).toBe(false);
  });

  it('are folded in the step view once the end is judged, and not before', async () => {
    await open('step');
    stepToEnd();
    await expect.element(fold()).toBeInTheDocument();
    expect(document.querySelectorAll('.columns > .column')).toHaveLength(2);
    await fold().click();
    expect(document.querySelectorAll('.columns-behind .column')).toHaveLength(BEHIND);
    expect(await violations()).toEqual([]);
  });

  it.each([390, 1280])('move nothing out of sight at %i px', async (width) => {
    await page.viewport(width, 844);
    await open('watch');
    await fold().click();
    expect(fitsTheWidth()).toBe(true);
  });
});
