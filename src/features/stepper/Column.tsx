import { useEffect, useRef } from 'react';
import type { RunToken } from '../../core/types';
import { formatCount } from '../../ui/format';
import { verdicts } from '../../ui/texts';
import { stepper as words } from '../../ui/texts/stepper';
import { visibleText } from '../../ui/visibleText';
import { Distributions } from './Distributions';
import type { Rule } from './rule';
import { Test } from './Test';

interface ColumnProps {
  readonly token: RunToken;
  /** Position among the round's tokens, from 0. */
  readonly position: number;
  /** Whether the target's probabilities are known. */
  readonly verified: boolean;
  /** Whether the verdict is known. */
  readonly judged: boolean;
  /** Whether the step that is shown is about this token. */
  readonly now: boolean;
  readonly rule: Rule;
}

/** One position of a round, as far as the step has come: what was drafted, what the target gives, the test and its verdict. */
export function Column({ token, position, verified, judged, now, rule }: ColumnProps) {
  const column = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (now) column.current?.scrollIntoView({ block: 'nearest' });
  }, [now]);
  return (
    <li ref={column} className="column" data-verdict={judged ? token.verdict : 'pending'} data-now={now || undefined}>
      <h3>
        <span className={judged ? `token ${token.verdict}` : 'pending'}>
          <span className="ink">{token.text === '' ? words.noText : visibleText(token.text.trim() || token.text)}</span>
        </span>
      </h3>
      <p className="column-place">
        {words.position(formatCount(position + 1))}
        {judged ? ` · ${verdicts[token.verdict].name}` : ''}
      </p>
      <Distributions token={token} verified={verified} />
      {judged ? <Test token={token} rule={rule} /> : null}
    </li>
  );
}
