import { scaleBand, scaleLinear } from 'd3-scale';

/** An axis of numbers. */
export interface LinearAxis {
  readonly label: string;
  /** Written after the label, such as "ms". */
  readonly unit?: string;
  /** Smallest and largest value that is drawn; `nice` rounds them outwards to ticks. */
  readonly domain: readonly [number, number];
  readonly nice?: boolean;
  /** About how many ticks, or the very values. Fewer are drawn where there is no room. */
  readonly ticks?: number | readonly number[];
  readonly format: (value: number) => string;
}

/** An axis of names, side by side in their order. */
export interface BandAxis {
  readonly label: string;
  readonly bands: readonly string[];
}

export type Axis = LinearAxis | BandAxis;

export interface LinearScale {
  readonly kind: 'linear';
  at(value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface BandScale {
  readonly kind: 'band';
  /** Where the band of `name` begins. */
  at(name: string): number;
  readonly width: number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Where a chart draws, in pixels of its SVG. */
export interface Plot {
  /** Height of the chart's letters; margins and gaps are multiples of it. */
  readonly em: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: LinearScale | BandScale;
  readonly y: LinearScale | BandScale;
}

/** About how wide letters of a sans-serif face are, in em, the wider of common ones: text is laid out before it is drawn. */
const LETTERS: readonly (readonly [RegExp, number])[] = [
  [/[%mwMW@—…]/, 0.96],
  [/[ iljftrI.,:;'’|()]/, 0.4],
];
const LETTER = 0.64;

/** About how wide `text` is drawn, in pixels: rather too wide than too narrow. */
export function textWidth(text: string, em: number): number {
  return [...text].reduce((sum, letter) => sum + (LETTERS.find(([which]) => which.test(letter))?.[1] ?? LETTER), 0) * em;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly em: number;
}

/**
 * The scales of a chart and the room that its axes leave.
 *
 * @param top, right em that the chart's key and the labels at the ends of its lines need
 */
export function layOut(
  { width, height, em }: Size,
  xAxis: Axis,
  yAxis: Axis,
  room: { readonly top: number; readonly right: number },
): Plot {
  const top = (room.top + 2) * em;
  const bottom = height - 3.6 * em;
  const y = scaleOf(yAxis, [bottom, top], em, (bottom - top) / (2.4 * em));
  const left = Math.min(width * 0.42, Math.max(2 * em, ...y.ticks.map(({ text }) => textWidth(text, em))) + 0.7 * em);
  // Half of the last tick's text stands beyond the plot.
  const last = 'bands' in xAxis ? 0 : textWidth(xAxis.format(xAxis.domain[1]), em) / 2;
  const right = Math.max(left + em, width - Math.max(0.8 * em, room.right * em, last));
  const x = scaleOf(xAxis, [left, right], em, (right - left) / (4.5 * em));
  return { em, left, right, top, bottom, x, y };
}

/** @param most ticks that have room */
function scaleOf(axis: Axis, range: readonly [number, number], em: number, most: number): LinearScale | BandScale {
  if ('bands' in axis) {
    // Names read from the top down.
    const down = range[0] > range[1];
    const scale = scaleBand<string>()
      .domain(axis.bands)
      .range(down ? [range[1], range[0]] : [...range])
      .paddingInner(0.28)
      .paddingOuter(0.16);
    const width = scale.bandwidth();
    const all = axis.bands.map((text) => ({ at: (scale(text) ?? 0) + width / 2, text }));
    const longest = Math.max(0, ...axis.bands.map((text) => textWidth(text, em))) + em / 2;
    const every = down ? 1 : Math.max(1, Math.ceil(longest / Math.max(1, scale.step())));
    return { kind: 'band', at: (name) => scale(name) ?? range[0], width, ticks: all.filter((_, i) => i % every === 0) };
  }
  const { domain, ticks = 5, format, nice = false } = axis;
  const [low, high] = domain;
  const scale = scaleLinear()
    .domain(low === high ? [low, low + 1] : [low, high])
    .range([...range]);
  const wanted = typeof ticks === 'number' ? Math.max(2, Math.min(ticks, Math.floor(most))) : ticks.length;
  if (nice) scale.nice(wanted);
  const values = typeof ticks === 'number' ? scale.ticks(wanted) : thinned(ticks, most);
  return { kind: 'linear', at: (value) => scale(value), ticks: values.map((value) => ({ at: scale(value), text: format(value) })) };
}

function thinned(values: readonly number[], most: number): readonly number[] {
  const steps = values.length - 1;
  let every = Math.max(1, Math.ceil(values.length / Math.max(1, most)));
  // The last one stays, where the steps can be shared out.
  while (every < steps && steps % every !== 0) every++;
  return values.filter((_, i) => i % every === 0);
}

/**
 * Moves positions apart until neighbours are `gap` apart, as little as that takes, and all lie within [`low`, `high`] as far as they fit.
 *
 * @returns one position for each of `wanted`, in its order
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed: number[] = [];
  let least = low;
  for (const index of order) {
    const at = Math.max(least, wanted[index] as number);
    placed.push(at);
    least = at + gap;
  }
  let most = high;
  for (let i = placed.length - 1; i >= 0; i--) {
    placed[i] = Math.min(most, placed[i] as number);
    most = (placed[i] as number) - gap;
  }
  const result: number[] = [];
  order.forEach((index, i) => {
    result[index] = placed[i] as number;
  });
  return result;
}
