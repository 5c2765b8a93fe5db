import { createContext, type ReactNode, useContext, useId, useLayoutEffect, useRef, useState } from 'react';
import { chart as words } from '../texts/chart';
import { AxisOfX, AxisOfY } from './Axes';
import './chart.css';
import { Key, type KeyEntry, keyRows } from './Key';
import { type Axis, type BandScale, type LinearScale, layOut, type Plot, type Size } from './scales';

export interface ChartTable {
  readonly columns: readonly string[];
  /** As they are written, one cell for every column; the first names its row. */
  readonly rows: readonly (readonly string[])[];
}

interface ChartProps {
  /** What is drawn, in a few words. */
  readonly title: string;
  /** What a person who cannot see it needs to know: what is drawn over what, and what it says. */
  readonly description: string;
  /** A sentence below the title that everybody reads. */
  readonly note?: ReactNode;
  readonly x: Axis;
  readonly y: Axis;
  /** The same figures as a table. */
  readonly table: ChartTable;
  /** Names of looks, drawn above; for series that are not labelled where they are. */
  readonly keys?: readonly KeyEntry[];
  /** Em that labels right of the plot need, as those at the ends of lines. */
  readonly labelRoom?: number;
  /** Height of the SVG over its width, within sensible bounds. */
  readonly aspect?: number;
  /** Least height of the SVG in em, where many bars lie in it. */
  readonly least?: number;
  /** Marks: `Lines`, `Bars`, `Histogram`, `Points`, `ReferenceLine`. */
  readonly children: ReactNode;
}

const PlotContext = createContext<Plot | null>(null);

/** Least and greatest height of a chart, in em of its own letters. */
const HEIGHTS = { least: 17, most: 25 } as const;

/** A figure: its title, an SVG as wide as its place with letters of one size at any width, and the same figures as a table. */
export function Chart({
  title,
  description,
  note,
  x,
  y,
  table,
  keys = [],
  labelRoom = 0,
  aspect = 0.58,
  least = HEIGHTS.least,
  children,
}: ChartProps) {
  const id = useId();
  const svg = useRef<SVGSVGElement>(null);
  const size = useSize(svg, aspect, least);
  const rows = size ? keyRows(keys, size) : [];
  const plot = size ? layOut(size, x, y, { top: rows.length * 1.6, right: labelRoom }) : null;
  return (
    <figure className="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <p className="chart-title" id={`${id}-title`}>
          {title}
        </p>
        {note ? <p className="chart-note">{note}</p> : null}
        <p className="visually-hidden" id={`${id}-description`}>
          {description}
        </p>
      </figcaption>
      <svg
        ref={svg}
        className="chart-drawing"
        role="img"
        aria-label={title}
        aria-describedby={`${id}-description`}
        viewBox={size ? `0 0 ${size.width} ${size.height}` : undefined}
        height={size?.height}
        data-title={title}
      >
        {plot ? (
          <PlotContext value={plot}>
            <Key rows={rows} em={plot.em} />
            <AxisOfY axis={y} plot={plot} />
            <AxisOfX axis={x} plot={plot} />
            {children}
          </PlotContext>
        ) : null}
      </svg>
      <Table table={table} title={title} />
    </figure>
  );
}

/** Where the chart around draws. */
export function usePlot(): Plot {
  const plot = useContext(PlotContext);
  if (!plot) throw new Error('a mark stands outside a Chart');
  return plot;
}

/** The scale of one axis, which must be of numbers. */
export function linear(scale: LinearScale | BandScale): LinearScale {
  if (scale.kind !== 'linear') throw new Error('this mark needs an axis of numbers');
  return scale;
}

function Table({ table, title }: { readonly table: ChartTable; readonly title: string }) {
  return (
    <details className="chart-table">
      <summary>
        {words.asTable}
        <span className="visually-hidden">: {title}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too */}
      <section className="chart-table-scroll" aria-label={words.tableOf(title)} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(([name, ...cells], row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name of their own
              <tr key={row}>
                <th scope="row">{name}</th>
                {cells.map((cell, column) => (
                  <td key={table.columns[column + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** The SVG's size, kept true; null before its first layout. */
function useSize(svg: React.RefObject<SVGSVGElement | null>, aspect: number, least: number): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = svg.current;
    if (!element) return;
    const measure = () => {
      const { width } = element.getBoundingClientRect();
      if (width === 0) return;
      const em = Number.parseFloat(getComputedStyle(element).fontSize);
      const height = Math.round(Math.max(least * em, Math.min(HEIGHTS.most * em, width * aspect)));
      setSize((known) => (known?.width === width && known.em === em && known.height === height ? known : { width, height, em }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [svg, aspect, least]);
  return size;
}
