import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { VIEWS } from '../../src/app/views';
import { startRun, useRun } from '../../src/store/run/run';
import { changeSettings } from '../../src/store/run/settings';
import { fitsTheWidth, violations } from './support/accessible';
import { drawn } from './support/drawn';
import { openPage } from './support/openPage';
import { showView } from './support/views';

/** Wide, a projector, a phone; the dark theme changes colours alone. */
const SIZES = {
  light: [
    [1440, 900],
    [1280, 720],
    [390, 844],
  ],
  dark: [[1280, 720]],
} as const;

const TABBABLE = 'a[href], button, input, select, textarea, summary, [tabindex="0"], [contenteditable="true"]';

async function ask(maxTokens = 40): Promise<void> {
  changeSettings({ prompt: 'Tell a story about a fox.', maxTokens });
  await startRun();
}

/** What Tab must reach: visible, enabled, and of a row of radio buttons the one that is chosen. */
function tabbable(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(TABBABLE)].filter((element) => {
    if (element.tabIndex < 0 || element.matches(':disabled') || element.closest('[inert], details:not([open]) > :not(summary)'))
      return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio' || element.checked) return true;
    return !document.querySelector(`input[type="radio"][name="${CSS.escape(element.name)}"]:checked`);
  });
}

/** Whether `element`, or what stands for it, shows that it has the focus. */
function showsFocus(element: HTMLElement): boolean {
  return [element, element.parentElement, element.closest('label')].some((each) => {
    if (!each) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
}

const short = (element: Element) => element.outerHTML.slice(0, 120);

describe.each(VIEWS.map(({ id }) => id))('the view %s', (id) => {
  it.each(['light', 'dark'] as const)('has nothing that axe finds in the %s theme, at its sizes, before and after a run', async (theme) => {
    await openPage();
    document.documentElement.dataset.theme = theme;
    await showView(id);
    for (const step of ['before', 'after'] as const) {
      if (step === 'after') await ask();
      for (const [width, height] of SIZES[theme]) {
        await page.viewport(width, height);
        expect(await violations(theme), `${step} a run, ${width} px`).toEqual([]);
      }
    }
  });

  it('has one main part and one first heading, skips no level of headings, and fits 360 px', async () => {
    await openPage();
    await showView(id);
    await ask();
    expect(document.querySelectorAll('main')).toHaveLength(1);
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
      .filter((heading) => heading.checkVisibility())
      .map(({ tagName }) => Number(tagName[1]));
    levels.reduce((before, level) => {
      expect(level, `levels ${levels.join(' ')}`).toBeLessThanOrEqual(before + 1);
      return level;
    });
    await page.viewport(360, 740);
    expect(fitsTheWidth()).toBe(true);
  });

  it('is reached by the Tab key, all of it, in order and with a focus that shows', async () => {
    await openPage();
    await showView(id);
    await ask();
    // The view of models goes on reading what is published.
    if (id === 'models') await expect.element(page.getByRole('button', { name: /^Look at it: / }).first()).toBeVisible();
    const expected = tabbable();
    const reached: HTMLElement[] = [];
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    for (let presses = 0; presses < expected.length + 20; presses++) {
      await userEvent.keyboard('{Tab}');
      const focused = document.activeElement as HTMLElement | null;
      if (!focused || focused === document.body || focused === reached[0]) break;
      expect(showsFocus(focused), `shows no focus: ${short(focused)}`).toBe(true);
      reached.push(focused);
    }
    expect(expected.filter((element) => !reached.includes(element)).map(short)).toEqual([]);
    const order = reached.filter((element) => expected.includes(element));
    expect(order.map(short)).toEqual(expected.map(short));
  });

  it('announces a run in a few sentences, and no token', async () => {
    const engine = await openPage();
    await showView(id);
    // The models load with the first run, which is told of in sentences of its own.
    await ask(1);
    // What it said is on the page, not still to come.
    await drawn();
    engine.options.pace = 4;
    const said: string[] = [];
    const observer = new MutationObserver((records) => {
      const regions = new Set(records.map(({ target }) => liveRegion(target)));
      for (const region of regions) if (region) said.push(region.textContent?.slice(0, 80) ?? '');
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    await ask(160);
    observer.disconnect();
    expect(useRun.getState().events.filter(({ type }) => type === 'round').length).toBeGreaterThan(40);
    expect(said.length, said.join('\n')).toBeLessThanOrEqual(12);
    // The views of the page's run say once how it ended; the others show runs of their own.
    const ends = said.filter((sentence) => /^Finished at the limit: 160 tokens/.test(sentence));
    expect(ends).toHaveLength(id === 'watch' || id === 'history' ? 1 : 0);
  });
});

/** The region whose changes a screen reader reads out, around `node`. */
function liveRegion(node: Node): Element | null {
  const region = (node instanceof Element ? node : node.parentElement)?.closest(
    '[aria-live], [role="status"], [role="alert"], [role="log"]',
  );
  return region && region.getAttribute('aria-live') !== 'off' ? region : null;
}
