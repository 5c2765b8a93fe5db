import { type Size, textWidth } from './scales';

/**
 * How a series is drawn. Each look has a colour and something that tells it apart without one: a line's dashes, a bar's pattern, a
 * point's form.
 */
export type Look = 'ink' | 'soft' | 'accepted' | 'rejected' | 'corrected' | 'bonus';

export interface KeyEntry {
  readonly look: Look;
  readonly name: string;
  /** As it is in the chart. */
  readonly mark: 'bar' | 'line' | 'point';
}

interface PlacedEntry extends KeyEntry {
  readonly at: number;
}

/** The entries in as many rows as the width asks for. */
export function keyRows(entries: readonly KeyEntry[], { width, em }: Size): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [];
  let at = 0;
  for (const entry of entries) {
    const needs = 2.2 * em + textWidth(entry.name, em) + 1.4 * em;
    if (rows.length === 0 || at + needs > width - 3 * em) {
      rows.push([]);
      at = 0;
    }
    rows.at(-1)?.push({ ...entry, at });
    at += needs;
  }
  return rows;
}

/** What the looks of a chart stand for, above its plot. */
export function Key({ rows, em }: { readonly rows: readonly (readonly PlacedEntry[])[]; readonly em: number }) {
  return rows.map((row, line) =>
    row.map(({ look, name, mark, at }) => (
      <g key={name} transform={`translate(${at} ${(line + 0.9) * 1.6 * em - 0.4 * em})`}>
        <Sample look={look} mark={mark} em={em} />
        <text className="chart-key" x={2.1 * em} y={0}>
          {name}
        </text>
      </g>
    )),
  );
}

function Sample({ look, mark, em }: Pick<KeyEntry, 'look' | 'mark'> & { readonly em: number }) {
  const middle = -0.35 * em;
  if (mark === 'bar') return <rect className={`chart-bar ${look}`} x={0} y={-0.85 * em} width={1.6 * em} height={em} />;
  if (mark === 'line') return <line className={`chart-line ${look}`} x1={0} x2={1.7 * em} y1={middle} y2={middle} />;
  return <Point look={look} x={0.9 * em} y={middle} r={0.4 * em} />;
}

/** A point of a form of its own for every look: round, square, upright, on its tip. */
export function Point({ look, x, y, r }: { readonly look: Look; readonly x: number; readonly y: number; readonly r: number }) {
  return <path className={`chart-point ${look}`} d={FORMS[look](r)} transform={`translate(${x} ${y})`} />;
}

const round = (r: number) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const square = (r: number) => `M${-r * 0.9} ${-r * 0.9}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
const tip = (r: number) => `M0 ${-1.25 * r}L${1.25 * r} 0L0 ${1.25 * r}L${-1.25 * r} 0z`;
const up = (r: number) => `M0 ${-1.2 * r}L${1.15 * r} ${0.85 * r}H${-1.15 * r}z`;
const down = (r: number) => `M0 ${1.2 * r}L${1.15 * r} ${-0.85 * r}H${-1.15 * r}z`;

const FORMS: Readonly<Record<Look, (r: number) => string>> = {
  ...{ ink: round, soft: round, accepted: square, rejected: tip, corrected: up, bonus: down },
};
