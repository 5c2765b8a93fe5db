import { formatProbability, formatShare } from '../../../ui/format';
import { residualSum as words } from '../../../ui/texts/live';
import { visibleText } from '../../../ui/visibleText';
import type { Overlap } from './overlap';

/** For each token the part of p that comes through acceptance and the part that comes through the residual, side by side: together they are p. */
export function ResidualBars({ overlap: { parts, left } }: { readonly overlap: Overlap }) {
  const widest = Math.max(...parts.flatMap(({ p, q }) => [p, q]));
  const width = (value: number) => `${(100 * value) / widest}%`;
  return (
    <div className="residual-bars">
      <table>
        <caption>{words.title}</caption>
        <thead className="visually-hidden">
          <tr>
            {words.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map(({ text, p, q, accepted, left: rest }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two tokens may read alike
            <tr key={i}>
              <th scope="row">{visibleText(text) || '–'}</th>
              <td className="residual-bar" aria-hidden="true">
                <i className="part-accepted" style={{ width: width(accepted) }} />
                <i className="part-residual" style={{ width: width(rest) }} />
                <u style={{ width: width(q) }} />
              </td>
              <td>
                <span className="visually-hidden">{`q ${formatProbability(q)}, `}</span>
                {formatProbability(p)}
                <span className="visually-hidden">{`, ${words.accepted}: ${formatProbability(accepted)}, ${words.residual}: ${formatProbability(rest)}`}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="residual-key" aria-hidden="true">
        <span>
          <i className="part-accepted" /> {words.accepted}
        </span>
        <span>
          <i className="part-residual" /> {words.residual}
        </span>
        <span>
          <u /> {words.q}
        </span>
      </p>
      <p className="live-note">{words.overlap(formatShare(1 - left))}</p>
    </div>
  );
}
