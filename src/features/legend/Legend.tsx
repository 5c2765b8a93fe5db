import { type ReactNode, useState } from 'react';
import type { Verdict } from '../../core/types';
import { Button } from '../../ui/Button';
import { verdicts, legend as words } from '../../ui/texts';
import './legend.css';

const SPECULATIVE: readonly Verdict[] = ['accepted', 'rejected', 'discarded', 'corrected', 'bonus', 'plain'];
const PLAIN: readonly Verdict[] = ['plain'];

interface LegendProps {
  readonly mode: 'speculative' | 'plain';
  /** What else is to be explained. */
  readonly children?: ReactNode;
}

/** The marks of the output by name, and what each means when that is asked for. */
export function Legend({ mode, children }: LegendProps) {
  const [explained, setExplained] = useState(false);
  return (
    <div className="legend-bar">
      <ul className="legend" data-explained={explained || undefined} aria-label={words.heading}>
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
      <Button look="quiet" onPress={() => setExplained(!explained)} expanded={explained} name={words.explain}>
        ?
      </Button>
      {explained ? children : null}
    </div>
  );
}

function Meaning({ name, meaning }: { readonly name: string; readonly meaning: string }) {
  return (
    <p title={meaning}>
      <b>{name}</b> <span className="legend-meaning">{meaning}</span>
    </p>
  );
}
