import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { RunEvent, RunToken } from '../../src/core/types';
import { useRun } from '../../src/store/run/run';
import { log, openPage, tokenElements } from './support/openPage';

const named = (id: number, text: string, probability: number) => ({ id, text, probability });

const REJECTED: RunToken = {
  ...{ id: 5, text: ' old', verdict: 'rejected', p: 0.1, q: 0.4, u: 0.9 },
  candidates: { p: [named(6, ' red', 0.7), named(5, ' old', 0.1)], q: [named(5, ' old', 0.4)], residual: [named(6, ' red', 1)] },
};
const CORRECTED: RunToken = { ...REJECTED, id: 6, text: ' red', verdict: 'corrected', p: 0.7, q: null };

/** A run of one round under `rule`, as one that was recorded. */
function recorded(rule: 'rejection' | 'coupled'): RunEvent[] {
  return [
    {
      ...{ type: 'start', prompt: 'p', promptIds: [1], calibration: null },
      settings: { ...DEFAULT_RUN, gamma: 1, sampling: { ...GREEDY, temperature: 1, rule } },
      labels: { target: 'target', draft: 'draft', adapter: 'memory' },
    },
    {
      ...{ type: 'round', index: 0, tokens: [REJECTED, CORRECTED], readbacks: 1, limits: { model: 1, ngram: 0 }, source: 'model' },
      ...{ device: null, startMs: 0, endMs: 5 },
    },
    { type: 'end', reason: 'length', endMs: 6 },
  ];
}

async function openCard(rule: 'rejection' | 'coupled'): Promise<void> {
  await openPage();
  useRun.setState({ events: recorded(rule), started: true });
  await expect.poll(() => tokenElements().length).toBe(2);
  log().element().focus();
  await userEvent.keyboard('{ArrowRight}');
}

describe('the card of a sampled token', () => {
  it('shows the test that decided, and what else might have stood there', async () => {
    await openCard('rejection');
    const card = page.getByRole('tooltip');
    await expect.element(card).toHaveTextContent('u (0.90) is not below p / q (0.25): rejected.');
    for (const caption of ['Most likely for the target', 'Most likely for the draft', 'Residual']) {
      await expect.element(card.getByRole('table', { name: caption })).toBeInTheDocument();
    }
    const [first, second] = document.querySelectorAll<HTMLElement>('.candidates .p .candidate-bar i');
    const widths = [first, second].map((bar) => bar?.getBoundingClientRect().width ?? 0);
    expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(7, 0);
    expect(document.querySelector('.candidates .p [data-chosen]')?.textContent).toContain('·old');
  });

  it('shows no test if the rule has none', async () => {
    await openCard('coupled');
    const card = page.getByRole('tooltip');
    await expect.element(card).toHaveTextContent('Residual');
    await expect.element(card).not.toHaveTextContent('is not below');
  });
});
