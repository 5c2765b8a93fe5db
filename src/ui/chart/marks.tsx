import { curveLinear, curveMonotoneX, curveStepAfter, line } from 'd3-shape';
import { useId } from 'react';
import { linear, usePlot } from './Chart';
import { type Look, Point } from './Key';
import { type BandScale, type LinearScale, spread, textWidth } from './scales';

const CURVES = { linear: curveLinear, smooth: curveMonotoneX, step: curveStepAfter } as const;

export interface Series {
  readonly name: string;
  readonly look: Look;
  /** In the order in which they are joined; null if there is nothing, which parts the line. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** Drawn thicker than the others. */
  readonly strong?: boolean;
}

interface LinesProps {
  readonly series: readonly Series[];
  readonly curve?: keyof typeof CURVES;
  /** Whether each line bears its name at its end; give the chart `labelRoom` for it. */
  readonly labelled?: boolean;
  /** Whether the single points are drawn too. */
  readonly dots?: boolean;
}

/** Lines over two axes of numbers; they end where they leave the plot. */
export function Lines({ series, curve = 'linear', labelled = false, dots = false }: LinesProps) {
  const clip = useId();
  const { em, left, top, bottom, right, ...plot } = usePlot();
  const [x, y] = [linear(plot.x), linear(plot.y)];
  const draw = line<Series['points'][number]>(
    (point) => x.at(point.x),
    (point) => y.at(point.y ?? 0),
  )
    .defined((point) => point.y !== null)
    .curve(CURVES[curve]);
  const ends = series.map(({ points }) => points.findLast((point) => point.y !== null));
  const labels = spread(
    ends.map((end) => (end ? y.at(end.y ?? 0) : bottom)),
    1.2 * em,
    top,
    bottom,
  );
  const lines = series.map(({ name, look, points, strong }, i) => (
    <g key={name}>
      <path className={`chart-line ${look}${strong ? ' strong' : ''}`} d={draw([...points]) ?? ''} clipPath={`url(#${clip})`} />
      {dots
        ? points.map(({ x: at, y: value }) =>
            value === null ? null : <Point key={at} look={look} x={x.at(at)} y={y.at(value)} r={0.28 * em} />,
          )
        : null}
      {labelled && ends[i] ? (
        <text className={`chart-name ${look}${strong ? ' strong' : ''}`} x={right + 0.5 * em} y={(labels[i] as number) + 0.34 * em}>
          {name}
        </text>
      ) : null}
    </g>
  ));
  return (
    <>
      <clipPath id={clip}>
        {/* A line on the edge is drawn in its whole width. */}
        <rect x={left - 2} y={top - 2} width={right - left + 4} height={bottom - top + 4} />
      </clipPath>
      {lines}
    </>
  );
}

export interface BarSeries {
  readonly name: string;
  readonly look: Look;
  /** One for every band, in its order; null: nothing was measured, and nothing is drawn. */
  readonly values: readonly (number | null)[];
}

interface BarsProps {
  readonly series: readonly BarSeries[];
  /** The names of the bands, as the axis has them. */
  readonly bands: readonly string[];
  /** What is written at a bar's end, where it has room. */
  readonly label?: (value: number, band: number, series: number) => string;
}

/** Bars from 0 over an axis of names, upright or lying as that axis is; those of several series stand side by side. */
export function Bars({ series, bands, label }: BarsProps) {
  const { em, x, y } = usePlot();
  const upright = x.kind === 'band';
  const [band, value] = (upright ? [x, y] : [y, x]) as [BandScale, LinearScale];
  if (band.kind !== 'band') throw new Error('bars need an axis of names');
  const width = band.width / Math.max(1, series.length);
  const zero = linear(value).at(0);
  // All or none, where they stand above.
  const labelled =
    label !== undefined &&
    (!upright ||
      series.every(({ values }, s) =>
        values.every((each, b) => each === null || textWidth(label(each, b, s), em) < band.width / series.length + 0.7 * em),
      ));
  return series.map(({ name, look, values }, s) => (
    <g key={name}>
      {bands.map((each, b) => {
        const measured = values[b] ?? null;
        if (measured === null) return null;
        const start = band.at(each) + s * width;
        const end = value.at(measured);
        const [low, length] = [Math.min(zero, end), Math.abs(end - zero)];
        const box = upright ? { x: start, width, y: low, height: length } : { x: low, width: length, y: start, height: width };
        return (
          <g key={each}>
            <rect className={`chart-bar ${look}`} {...box} />
            {labelled ? (
              <text
                className="chart-value"
                x={upright ? start + width / 2 : end + 0.4 * em}
                y={upright ? low - 0.4 * em : start + width / 2 + 0.34 * em}
                textAnchor={upright ? 'middle' : 'start'}
              >
                {label(measured, b, s)}
              </text>
            ) : null}
          </g>
        );
      })}
    </g>
  ));
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Counts of `values` in `bins` intervals of equal width from `low` to `high`; the last one has its end too, and what lies outside is left out. */
export function binsOf(values: readonly number[], low: number, high: number, bins: number): Bin[] {
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, i) => ({ from: low + i * width, to: low + (i + 1) * width, count }));
}

/** Counts over an axis of numbers. */
export function Histogram({ bins, look = 'ink' }: { readonly bins: readonly Bin[]; readonly look?: Look }) {
  const plot = usePlot();
  const [x, y] = [linear(plot.x), linear(plot.y)];
  return bins.map(({ from, to, count }) => (
    <rect
      key={from}
      className={`chart-bar ${look}`}
      x={x.at(from) + 0.5}
      width={Math.max(0, x.at(to) - x.at(from) - 1)}
      y={y.at(count)}
      height={y.at(0) - y.at(count)}
    />
  ));
}

export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly look: Look;
  readonly label?: string;
  /** Whether its label stands lower than the point, and not higher. */
  readonly below?: boolean;
}

/** Single points, each with its label beside it: on its right, or on its left where it would leave the chart. */
export function Points({ points }: { readonly points: readonly LabelledPoint[] }) {
  const { em, right, ...plot } = usePlot();
  const [x, y] = [linear(plot.x), linear(plot.y)];
  return points.map((point) => {
    const [at, height] = [x.at(point.x), y.at(point.y)];
    const left = point.label !== undefined && at + textWidth(point.label, em) + em > right;
    return (
      <g key={`${point.x} ${point.y} ${point.label}`}>
        <Point look={point.look} x={at} y={height} r={0.42 * em} />
        {point.label ? (
          <text
            className="chart-name strong"
            x={at + (left ? -0.8 : 0.8) * em}
            y={height + (point.below ? 1.3 : -0.5) * em}
            textAnchor={left ? 'end' : 'start'}
          >
            {point.label}
          </text>
        ) : null}
      </g>
    );
  });
}

interface ReferenceLineProps {
  /** Where it crosses that axis; one of the two. */
  readonly x?: number;
  readonly y?: number;
  readonly label: string;
  /** Whether the name of a level line stands below it. */
  readonly below?: boolean;
}

/** A dashed line across the plot with its name, such as a break-even. */
export function ReferenceLine({ x: atX, y: atY, label, below = false }: ReferenceLineProps) {
  const { em, left, right, top, bottom, x, y } = usePlot();
  if (atX !== undefined) {
    const at = linear(x).at(atX);
    const turned = at + textWidth(label, em) + em > right;
    return (
      <g>
        <line className="chart-reference" x1={at} x2={at} y1={top} y2={bottom} />
        <text className="chart-name" x={at + (turned ? -0.4 : 0.4) * em} y={top + 0.7 * em} textAnchor={turned ? 'end' : 'start'}>
          {label}
        </text>
      </g>
    );
  }
  const at = linear(y).at(atY ?? 0);
  return (
    <g>
      <line className="chart-reference" x1={left} x2={right} y1={at} y2={at} />
      <text className="chart-name" x={left + 0.4 * em} y={at + (below ? 1.1 : -0.4) * em}>
        {label}
      </text>
    </g>
  );
}
