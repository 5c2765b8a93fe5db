import '../../src/app/theme.css';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { Embed } from '../../src/app/Embed';
import { decodeTrace } from '../../src/formats/trace/trace';
import { showTrace, useRecording } from '../../src/store/recordings/recording';
import { useRun } from '../../src/store/run/run';
import { fitsTheWidth } from './support/accessible';

afterEach(() => {
  history.replaceState(null, '', '#');
  useRun.setState(useRun.getInitialState());
  useRecording.setState(useRecording.getInitialState());
});

async function embed(name: string, change: (trace: { columns: { start: object } }) => void = () => undefined): Promise<void> {
  const trace = await (await fetch(`/traces/${name}.json`)).json();
  change(trace);
  history.replaceState(null, '', `#watch&recording=${name}`);
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  showTrace(decodeTrace(trace));
  root.render(<Embed />);
  onTestFinished(() => {
    root.unmount();
    place.remove();
  });
  await expect.element(page.getByRole('log')).toBeInTheDocument();
}

const SIZES = [
  [390, 480],
  [320, 400],
  [800, 480],
] as const;

it.each(SIZES)('a frame of %i by %i shows tokens, the marks in one line, α and the speedup without scrolling', async (width, height) => {
  await page.viewport(width, height);
  await embed('story');
  const seen = (element: Element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= document.documentElement.clientWidth && bottom <= innerHeight;
  };
  const tokens = page.getByRole('log').element().querySelectorAll('[data-token-id]');
  expect([...tokens].filter(seen).length).toBeGreaterThan(8);
  const marks = page.getByRole('list', { name: 'How to read the marks' }).first().getByRole('listitem').elements();
  expect(marks.map(({ textContent }) => textContent)).toEqual(['Accepted', 'Rejected', 'Discarded', 'Corrected', 'Bonus']);
  expect(marks.every(seen)).toBe(true);
  const tops = marks.map((mark) => Math.round(mark.getBoundingClientRect().bottom));
  expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(6);
  for (const figure of [/^acceptance α \d+%$/, /^\d\.\d\d × plain decoding/]) expect(seen(page.getByText(figure).element())).toBe(true);
  expect(fitsTheWidth()).toBe(true);
});

it('a frame says the speed alone where no costs were known, or nothing was drafted', async () => {
  await page.viewport(390, 480);
  await embed('story', ({ columns }) => Object.assign(columns.start, { calibration: null }));
  await expect.element(page.getByText(/^[\d.]+ tokens per second, decoding alone$/)).toBeInTheDocument();
  expect(page.getByText(/plain decoding/).query()).toBeNull();
});
