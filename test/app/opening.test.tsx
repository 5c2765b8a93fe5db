import { describe, expect, it, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { showOpening } from '../../src/store/recordings/opening';
import { usePlayback } from '../../src/store/recordings/playback';
import { page as words } from '../../src/ui/texts';
import { fitsTheWidth } from './support/accessible';
import { openPage, prompt, runToEnd, tokenElements } from './support/openPage';

/** The page as a first visit has it. */
async function openFirst(width = 1280, height = 720): Promise<void> {
  await page.viewport(width, height);
  await openPage();
  onTestFinished(() => usePlayback.setState({ playing: false, atMs: null, pace: 1 }));
  showOpening();
  await expect.element(page.getByRole('log', { name: 'Recorded output' })).toBeInTheDocument();
}

const box = (element: Element | undefined) => element?.getBoundingClientRect() ?? new DOMRect(0, Number.NaN);
const idea = () => page.getByRole('figure').filter({ hasText: 'The idea in three steps' });

describe('the recorded run that the page opens with', () => {
  it('has its first token at once, and goes on from there by itself', async () => {
    await openFirst();
    const { atMs, playing } = usePlayback.getState();
    expect(playing).toBe(true);
    expect(atMs).toBeGreaterThan(0);
    expect(tokenElements().length).toBeGreaterThan(0);
    const drawn = tokenElements().length;
    await expect.poll(() => tokenElements().length).toBeGreaterThan(drawn);
  });
});

describe('the first screen', () => {
  it.each([
    [1280, 720, 420],
    [1440, 900, 420],
    [390, 844, 420],
    [360, 740, 440],
  ])('at %i × %i has its first token above y = %i', async (width, height, most) => {
    await openFirst(width, height);
    expect(scrollY).toBe(0);
    expect(box(tokenElements()[0]).top).toBeLessThan(most);
    expect(fitsTheWidth()).toBe(true);
  });

  it('shows the whole method beside the run at 1280 × 720, and leaves the form where it was while the run is written', async () => {
    await openFirst();
    expect(box(idea().element()).bottom).toBeLessThanOrEqual(720);
    const top = box(prompt().element()).top;
    usePlayback.setState({ playing: false, atMs: null });
    await expect.poll(() => tokenElements().some(({ dataset }) => dataset.empty === 'stop')).toBe(true);
    expect(box(prompt().element()).top).toBe(top);
  });

  it('has the prompt and its button within it at 1280 × 720', async () => {
    await openFirst();
    for (const each of [prompt(), page.getByRole('button', { name: 'Run', exact: true })]) {
      expect(box(each.element()).height).toBeGreaterThan(40);
      expect(box(each.element()).bottom).toBeLessThanOrEqual(720);
    }
  });

  it('begins with what the page is, in one line, then the run, then the method, then the form, and has no figures', async () => {
    await openFirst();
    const main = page.getByRole('main').element();
    expect(main.textContent?.startsWith(words.lead)).toBe(true);
    const lead = page.getByText(words.lead).element();
    expect(box(lead).height).toBeLessThan(2 * Number.parseFloat(getComputedStyle(lead).lineHeight));
    const order = [lead, tokenElements()[0], idea().element(), prompt().element()];
    for (const [i, each] of order.slice(1).entries()) {
      expect((order[i]?.compareDocumentPosition(each as Node) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    }
    const read = (main.textContent ?? '').slice(0, (main.textContent ?? '').indexOf('Prompt'));
    expect(read).not.toMatch(/γ|Readbacks|Acceptance rate|tokens per second/);
    expect(document.querySelector('[data-count]')).toBeNull();
  });

  it('gives way to a run of one’s own with its figures, and the method is gone', async () => {
    await openFirst();
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.element(page.getByRole('region', { name: 'This run' })).toBeInTheDocument();
    await expect.element(page.getByText(words.lead)).not.toBeInTheDocument();
    await expect.element(idea()).not.toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: 'Share', exact: true })).toBeInTheDocument();
  });

  it('has one scroller', async () => {
    await openFirst();
    usePlayback.setState({ playing: false, atMs: null });
    const nested = [...document.querySelectorAll('main *')].filter(
      (element) =>
        /auto|scroll/.test(getComputedStyle(element).overflowY) &&
        element.scrollHeight > element.clientHeight + 1 &&
        element.checkVisibility(),
    );
    expect(nested).toEqual([]);
  });
});
