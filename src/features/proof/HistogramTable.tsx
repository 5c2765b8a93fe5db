import { useMemo } from 'react';
import { type Beginning, histogramOf } from '../../core/study/sameDistribution';
import { formatCount } from '../../ui/format';
import { proof as texts } from '../../ui/texts/proof';
import { visibleText } from '../../ui/visibleText';

const words = texts.distribution;

const ROWS = 12;
/** The rows change their order only after so many samples more. */
const SETTLED = 25;

interface HistogramTableProps {
  readonly first: readonly Beginning[];
  readonly second: readonly Beginning[];
  readonly legend: { readonly first: string; readonly second: string };
}

/** How often each beginning came, on both sides: two bars a row, as shares of their samples. */
export function HistogramTable({ first, second, legend }: HistogramTableProps) {
  const settled = Math.floor(Math.min(first.length, second.length) / SETTLED) * SETTLED;
  const { rows, others } = useMemo(() => histogramOf(first, second, ROWS, settled), [first, second, settled]);
  const shares = rows.flatMap((row) => [row.first / Math.max(1, first.length), row.second / Math.max(1, second.length)]);
  const largest = Math.max(0.01, ...shares);
  const width = (count: number, sample: readonly Beginning[]) => `${(100 * count) / Math.max(1, sample.length) / largest}%`;
  return (
    <table className="histogram">
      <caption>{words.histogram}</caption>
      <thead>
        <tr>
          <th scope="col">{words.beginning}</th>
          <td />
          <th scope="col">
            <i className="bar-first" aria-hidden="true" /> {legend.first}
          </th>
          <th scope="col">
            <i className="bar-second" aria-hidden="true" /> {legend.second}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{visibleText(row.text)}</th>
            <td aria-hidden="true">
              <i className="bar-first" style={{ width: width(row.first, first) }} />
              <i className="bar-second" style={{ width: width(row.second, second) }} />
            </td>
            <td>{formatCount(row.first)}</td>
            <td>{formatCount(row.second)}</td>
          </tr>
        ))}
        {others.categories > 0 ? (
          <tr>
            <th scope="row">
              <i>{words.others(others.categories)}</i>
            </th>
            <td />
            <td>{formatCount(others.first)}</td>
            <td>{formatCount(others.second)}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
