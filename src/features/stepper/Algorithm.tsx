import { LINES, type Line } from '../../core/run/steps';
import type { DraftSource } from '../../core/types';
import { stepper as words } from '../../ui/texts/stepper';
import type { Rule } from './rule';

interface AlgorithmProps {
  readonly rule: Rule;
  /** The line that is carried out. */
  readonly line: Line;
  readonly source: DraftSource | null;
}

/** The algorithm, with the line that is carried out marked. */
export function Algorithm({ rule, line, source }: AlgorithmProps) {
  return (
    <ol className="algorithm" aria-label={words.algorithm}>
      {LINES.map((each) => (
        <li key={each} aria-current={each === line ? 'step' : undefined}>
          {words.lines[each]}
          <code>
            {each === 'draft' && (source === 'ngram' || source === 'person') ? words.drafted[source] : words.formulas[rule][each]}
          </code>
        </li>
      ))}
    </ol>
  );
}
