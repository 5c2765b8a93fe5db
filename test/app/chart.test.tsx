import '../../src/app/theme.css';
import axe from 'axe-core';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { Bars, Chart, chartPng, chartSvg, Histogram, Lines, Points, ReferenceLine } from '../../src/ui/chart';

const number = String;
const LINES = [
  { name: 'γ = 2', look: 'ink', points: [0, 1, 2, 3].map((x) => ({ x, y: x })) },
  { name: 'γ = 4', look: 'rejected', points: [0, 1, 2, 3].map((x) => ({ x, y: x === 1 ? null : x + 0.05 })) },
] as const;

const speedup = (
  <Chart
    title="Speedup <over> rows"
    description="Two lines that rise."
    x={{ label: 'Rows', domain: [0, 3], ticks: [0, 1, 2, 3], format: number }}
    y={{ label: 'Time', unit: 'ms', domain: [0, 4], format: number }}
    table={{ columns: ['Rows', 'γ = 2'], rows: [0, 1, 2, 3].map((x) => [`${x}`, `${x}`]) }}
    labelRoom={4}
  >
    <Lines series={LINES} labelled />
    <ReferenceLine y={1} label="as fast as plain" />
    <Points points={[{ x: 3, y: 2, look: 'accepted', label: 'this run' }]} />
  </Chart>
);

function show(content: ReactNode): HTMLElement {
  document.documentElement.lang = 'en';
  document.title = 'Charts';
  const place = document.body.appendChild(document.createElement('main'));
  const root = createRoot(place);
  root.render(content);
  onTestFinished(() => {
    root.unmount();
    place.remove();
  });
  return place;
}

describe('a chart', () => {
  it('has a title, a description, and its figures as a table', async () => {
    show(speedup);
    const drawing = page.getByRole('img', { name: 'Speedup <over> rows' });
    await expect.element(drawing).toHaveAccessibleDescription('Two lines that rise.');
    await page.getByText('As a table').click();
    await expect.element(page.getByRole('cell', { name: '3' })).toBeVisible();
    await expect.element(page.getByRole('columnheader', { name: 'γ = 2' })).toBeVisible();
  });

  it('is as wide as its place, with letters of one size and no names on top of each other', async () => {
    await page.viewport(1280, 800);
    const place = show(speedup);
    const drawing = page.getByRole('img');
    const letters = () => place.querySelector('.chart-tick')?.getBoundingClientRect().height ?? 0;
    await expect.poll(() => place.querySelectorAll('.chart-line').length).toBe(2);
    const [wide, high] = [drawing.element().getBoundingClientRect().width, letters()];
    await page.viewport(360, 640);
    await expect.poll(() => drawing.element().getBoundingClientRect().width).toBeLessThan(wide / 2);
    await expect.poll(() => letters()).toBeCloseTo(high, 0);
    const [first, second] = [...place.querySelectorAll('.chart-name')].map((name) => name.getBoundingClientRect());
    expect(Math.abs((first?.top ?? 0) - (second?.top ?? 0))).toBeGreaterThan(high * 0.8);
    for (const text of place.querySelectorAll('svg text')) {
      const { left, right } = text.getBoundingClientRect();
      expect(left, text.textContent).toBeGreaterThanOrEqual(-2);
      expect(right, text.textContent).toBeLessThanOrEqual(360);
    }
  });

  it('parts a line where nothing was measured', async () => {
    const place = show(speedup);
    await expect.poll(() => place.querySelectorAll('.chart-line').length).toBe(2);
    const moves = [...place.querySelectorAll('.chart-line')].map((line) => (line.getAttribute('d')?.match(/M/g) ?? []).length);
    expect(moves).toEqual([1, 2]);
  });

  it('draws bars to the scale of their axis, upright and lying, and nothing where nothing was measured', async () => {
    const bands = ['names', 'numbers', 'code'];
    const value = { label: 'Accepted', domain: [0, 1], format: number } as const;
    const names = { label: 'Kind', bands };
    const table = { columns: ['Kind', 'Accepted'], rows: bands.map((band) => [band, '']) };
    const bars = <Bars bands={bands} series={[{ name: 'accepted', look: 'accepted', values: [0.25, null, 0.75] }]} label={number} />;
    const place = show(
      <>
        <Chart title="Upright" description="Three bars." x={names} y={value} table={table}>
          {bars}
        </Chart>
        <Chart title="Lying" description="Three bars." x={value} y={names} table={table}>
          {bars}
        </Chart>
      </>,
    );
    await expect.poll(() => place.querySelectorAll('.chart-bar').length).toBe(4);
    const boxes = [...place.querySelectorAll('.chart-bar')].map((bar) => bar.getBoundingClientRect());
    expect((boxes[1]?.height ?? 0) / (boxes[0]?.height ?? 1)).toBeCloseTo(3, 1);
    expect((boxes[3]?.width ?? 0) / (boxes[2]?.width ?? 1)).toBeCloseTo(3, 1);
  });

  it.each(['light', 'dark'])('has nothing that axe finds, in the %s theme', async (theme) => {
    document.documentElement.style.colorScheme = theme;
    show(
      <>
        <h1>Charts</h1>
        {speedup}
      </>,
    );
    await page.getByText('As a table').click();
    const { violations } = await axe.run(document, { rules: { region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

describe('an exported chart', () => {
  const bins = [
    { from: 0, to: 1, count: 2 },
    { from: 1, to: 2, count: 5 },
  ];
  const counted = (
    <Chart
      title="Latency & count"
      description="Two bins."
      x={{ label: 'Latency', unit: 'ms', domain: [0, 2], format: number }}
      y={{ label: 'Rounds', domain: [0, 5], format: number }}
      table={{ columns: ['From', 'Rounds'], rows: [] }}
      keys={[{ look: 'rejected', name: 'speculative', mark: 'bar' }]}
    >
      <Histogram bins={bins} look="rejected" />
    </Chart>
  );

  it('is a document of its own, with its title, its caption and no style sheet to look for', async () => {
    document.documentElement.style.colorScheme = 'dark';
    const place = show(counted);
    await expect.poll(() => place.querySelectorAll('.chart-bar').length).toBe(3);
    const before = document.body.childElementCount;
    const svg = chartSvg(place, { caption: ['Good draft, γ 4 <script>', 'a device'] });
    expect(document.body.childElementCount).toBe(before);
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    const texts = [...parsed.querySelectorAll('text')].map((text) => text.textContent);
    expect(texts).toEqual(expect.arrayContaining(['Latency & count', 'Good draft, γ 4 <script>', 'a device', 'speculative']));
    expect(svg).not.toContain('var(--');
    expect(svg).not.toContain('class=');
    // Light, whatever the page is.
    expect(parsed.querySelector('rect')?.getAttribute('fill')).toBe('rgb(251, 250, 246)');
  });

  it('is drawn as a picture of the width that was asked for', async () => {
    const place = show(counted);
    await expect.poll(() => place.querySelectorAll('.chart-bar').length).toBe(3);
    const picture = await chartPng(chartSvg(place, { caption: ['a device'], theme: 'dark' }), 1600);
    expect(picture.type).toBe('image/png');
    const bitmap = await createImageBitmap(picture);
    expect(Math.abs(bitmap.width - 1600)).toBeLessThanOrEqual(1);
    const canvas = document.createElement('canvas');
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    expect([...(context?.getImageData(2, 2, 1, 1).data ?? [])]).toEqual([22, 24, 28, 255]);
    const colours = new Set<number>();
    const { data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: [] };
    for (let i = 0; i < data.length; i += 4) colours.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
    expect(colours.size).toBeGreaterThan(10);
  });
});
