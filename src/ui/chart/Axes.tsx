import type { Axis, Plot } from './scales';

interface AxisProps {
  readonly axis: Axis;
  readonly plot: Plot;
}

/** Ticks, their grid lines and the label of the vertical axis, which stands above it and is read without turning the head. */
export function AxisOfY({ axis, plot }: AxisProps) {
  const { em, left, right, top, y } = plot;
  return (
    <g className="chart-axis">
      <text className="chart-label" x={0} y={top - 0.9 * em}>
        {labelOf(axis)}
      </text>
      {y.ticks.map(({ at, text }) => (
        <g key={at}>
          {y.kind === 'linear' ? <line className="chart-grid" x1={left} x2={right} y1={crisp(at)} y2={crisp(at)} /> : null}
          <text className="chart-tick" x={left - 0.5 * em} y={at + 0.34 * em} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}

/** The base line with ticks and label of the horizontal axis. */
export function AxisOfX({ axis, plot }: AxisProps) {
  const { em, left, right, bottom, x, y } = plot;
  return (
    <g className="chart-axis">
      {y.kind === 'linear' ? <line className="chart-base" x1={left} x2={right} y1={crisp(bottom)} y2={crisp(bottom)} /> : null}
      {x.ticks.map(({ at, text }) => (
        <g key={at}>
          {x.kind === 'linear' ? <line className="chart-notch" x1={crisp(at)} x2={crisp(at)} y1={bottom} y2={bottom + 0.35 * em} /> : null}
          <text className="chart-tick" x={at} y={bottom + 1.45 * em} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
      <text className="chart-label" x={right} y={bottom + 3.1 * em} textAnchor="end">
        {labelOf(axis)}
      </text>
    </g>
  );
}

function labelOf(axis: Axis): string {
  return 'unit' in axis && axis.unit ? `${axis.label}, ${axis.unit}` : axis.label;
}

/** A hairline fills one row of pixels. */
function crisp(at: number): number {
  return Math.round(at - 0.5) + 0.5;
}
