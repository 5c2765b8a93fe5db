import type { Verdict } from '../../core/types';
import { legend as words, verdicts } from '../../ui/texts';
import './legend.css';

const SPECULATIVE: readonly Verdict[] = ['accepted', 'rejected', 'discarded', 'corrected', 'bonus'];
const PLAIN: readonly Verdict[] = ['plain'];

/** What each mark of the output means. */
export function Legend({ mode }: { readonly mode: 'speculative' | 'plain' }) {
  return (
    <ul className="legend" aria-label={words.heading}>
      {(mode === 'plain' ? PLAIN : SPECULATIVE).map((verdict) => (
        <li key={verdict}>
          <span className={`legend-sample token ${verdict}`} aria-hidden="true">
            <span className="ink">{words.sample}</span>
          </span>
          <b>{verdicts[verdict].name}</b>
          <span>{verdicts[verdict].meaning}</span>
        </li>
      ))}
      <li>
        <span className="legend-sample legend-round" aria-hidden="true" />
        <b>{words.round.name}</b>
        <span>{words.round.meaning}</span>
      </li>
      <li>
        <span className="legend-sample legend-end" aria-hidden="true" />
        <b>{words.end.name}</b>
        <span>{words.end.meaning}</span>
      </li>
    </ul>
  );
}
