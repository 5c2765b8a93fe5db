import type { Verdict } from '../../core/types';
import { legend, verdicts } from '../../ui/texts';
import './legend.css';

const SPECULATIVE: readonly Verdict[] = ['accepted', 'rejected', 'discarded', 'corrected', 'bonus'];
const PLAIN: readonly Verdict[] = ['plain'];

/** The names of the marks in one line, each with its own mark, for where there is little room. */
export function LegendLine({ mode }: { readonly mode: 'speculative' | 'plain' }) {
  return (
    <ul className="legend-line" aria-label={legend.heading}>
      {(mode === 'plain' ? PLAIN : SPECULATIVE).map((verdict) => (
        <li key={verdict} className={`token ${verdict}`} title={verdicts[verdict].meaning}>
          <span className="ink">{verdicts[verdict].name}</span>
        </li>
      ))}
    </ul>
  );
}
