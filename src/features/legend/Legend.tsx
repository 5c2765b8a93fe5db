import type { Verdict } from '../../core/types';
import { verdicts, legend as words } from '../../ui/texts';
import './legend.css';

const SPECULATIVE: readonly Verdict[] = ['accepted', 'rejected', 'discarded', 'corrected', 'bonus', 'plain'];
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
          <Meaning {...verdicts[verdict]} />
        </li>
      ))}
      <li>
        <span className="legend-sample" aria-hidden="true">
          <i className="legend-round" />
        </span>
        <Meaning {...words.round} />
      </li>
      <li>
        <span className="legend-sample" aria-hidden="true">
          <i className="legend-end" />
        </span>
        <Meaning {...words.end} />
      </li>
    </ul>
  );
}

function Meaning({ name, meaning }: { readonly name: string; readonly meaning: string }) {
  return (
    <p>
      <b>{name}</b> {meaning}
    </p>
  );
}
