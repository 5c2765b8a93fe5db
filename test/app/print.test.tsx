import { afterEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { VIEWS } from '../../src/app/views';
import { startRun } from '../../src/store/run/run';
import { changeSettings } from '../../src/store/run/settings';
import { fitsTheWidth } from './support/accessible';
import { emulateMedia } from './support/media';
import { openPage } from './support/openPage';
import { showView } from './support/views';

/** Of A4 without its margins, in CSS pixels. */
const PAPER = [673, 1000] as const;

afterEach(async () => {
  await emulateMedia('');
});

const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

type Colour = readonly [red: number, green: number, blue: number];

/** `colour`, as CSS writes it, over `below`. */
function over(below: Colour, colour: string, opacity = 1): Colour {
  if (!brush) throw new Error('no canvas');
  brush.globalAlpha = 1;
  brush.fillStyle = `rgb(${below.join(' ')})`;
  brush.fillRect(0, 0, 1, 1);
  brush.globalAlpha = opacity;
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: Colour, b: Colour): number {
  const luminance = (colour: Colour) => {
    const [red = 0, green = 0, blue = 0] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const ancestors = (element: Element): Element[] => [...(element.parentElement ? ancestors(element.parentElement) : []), element];
const visible = (element: Element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden');

/** Every piece of text on the page that does not stand out from what is behind it at 7 to 1. */
function faint(): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent?.trim() ?? '';
    if (!element || text === '' || element.closest('script, style, noscript') || !visible(element)) continue;
    const around = ancestors(element).map((each) => getComputedStyle(each));
    const behind = around.reduce<Colour>((below, { backgroundColor }) => over(below, backgroundColor), [255, 255, 255]);
    const opacity = around.reduce((all, style) => all * Number(style.opacity), 1);
    const style = getComputedStyle(element);
    if (Number.parseFloat(style.fontSize) === 0) continue;
    const ratio = contrast(over(behind, element instanceof SVGElement ? style.fill : style.color, opacity), behind);
    if (ratio < 7) found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute('class')}: ${text.slice(0, 40)}`);
  }
  return found;
}

const named = (element: Element) => element.outerHTML.slice(0, 140);
/** Controls that are not words of a text. */
const CONTROLS = 'button:not(.term-word, .marked-word, .quiz-token, .past-end), nav, select, input, dialog, iframe, [role="alert"]';
const controls = () => [...document.querySelectorAll(CONTROLS)].filter(visible).map(named);

/** What ends before its content does. */
function clipped(): string[] {
  return [...document.querySelectorAll('main *')]
    .filter((element) => {
      if (!visible(element) || element instanceof SVGElement) return false;
      const { overflowX, overflowY } = getComputedStyle(element);
      const wide = overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
      return wide || (overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1);
    })
    .map(named);
}

async function printed(): Promise<void> {
  await emulateMedia('print', { 'prefers-color-scheme': 'dark' });
  await page.viewport(...PAPER);
  expect(faint()).toEqual([]);
  expect(controls()).toEqual([]);
  expect(clipped()).toEqual([]);
  expect(fitsTheWidth()).toBe(true);
}

const PLACES = [
  ...VIEWS.map(({ id }) => id),
  ...[
    'learn/one-round',
    'learn/lossless',
    'learn/when-not',
    'learn/practice',
    'learn/quiz',
    'learn/questions/which-draft',
    'learn/questions/cpu',
    'learn/tutor',
    'learn/words',
  ],
];

describe('on paper, in the dark theme', () => {
  it.each(PLACES)('%s is dark on white, whole, and without what is pressed', async (place) => {
    await openPage();
    const [view = '', ...rest] = place.split('/');
    await showView(view);
    if (rest.length > 0) location.hash = `#${place}`;
    document.documentElement.dataset.theme = 'dark';
    changeSettings({ prompt: 'A fox finds a bell, and an oak, and a mill.'.repeat(20), maxTokens: 60, temperature: 1 });
    await startRun();
    await expect.poll(() => document.querySelector('main')?.textContent?.length).toBeGreaterThan(200);
    await expect.poll(() => document.querySelector('.lesson-waiting')).toBeNull();
    await printed();
  });

  it('a lesson keeps the words that explain themselves when they are pressed', async () => {
    await openPage();
    await showView('learn');
    location.hash = '#learn/one-round';
    await expect.poll(() => document.querySelectorAll('.prose .term-word').length).toBeGreaterThan(3);
    const words = [...document.querySelectorAll('.prose .term-word')].filter(visible).length;
    await printed();
    expect([...document.querySelectorAll('.prose .term-word')].filter(visible)).toHaveLength(words);
  });

  it('a theme that the system asks for is printed alike, and the verdicts are distinguished without colour', async () => {
    await openPage();
    changeSettings({ prompt: 'A fox.', maxTokens: 60, temperature: 1 });
    await startRun();
    await printed();
    const marks = ['accepted', 'rejected', 'corrected', 'bonus'].map((verdict) => {
      const ink = document.querySelector(`[role="log"] .token.${verdict} .ink`);
      if (!ink) throw new Error(`no ${verdict} token`);
      const { textDecorationLine, textDecorationStyle } = getComputedStyle(ink);
      return `${textDecorationLine} ${textDecorationStyle} ${getComputedStyle(ink, '::after').content}`;
    });
    expect(new Set(marks).size).toBe(marks.length);
  });
});
