import { COMMITTED_VERDICTS, type RoundEvent, type RunToken } from '../../core/types';
import { formatProbability } from '../../ui/format';
import { verdicts, tokenCard as words } from '../../ui/texts';
import type { ShownCard } from './useTokenCard';

const WIDTH = '17rem';

interface TokenCardProps extends ShownCard {
  readonly rounds: readonly RoundEvent[];
  readonly onEnter: () => void;
  readonly onLeave: () => void;
}

/** What is known of one token: its verdict in words and both models' probabilities. */
export function TokenCard({ id, at, left, offset, above, rounds, onEnter, onLeave }: TokenCardProps) {
  const token = tokenAt(rounds, at);
  if (!token) return null;
  const verdict = verdicts[token.verdict];
  return (
    <div
      className="token-card"
      role="tooltip"
      id={id}
      style={{
        left: `clamp(0px, ${left}px, 100% - min(${WIDTH}, 100%))`,
        width: `min(${WIDTH}, 100%)`,
        [above ? 'bottom' : 'top']: offset,
      }}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
    >
      <p className="token-card-text">
        <code>{visibleText(token)}</code>
        <span>{words.id(token.id)}</span>
      </p>
      <p>
        <b>{verdict.name}</b>: {verdict.meaning}.
      </p>
      <dl>
        <dt>{words.target}</dt>
        <dd>{formatProbability(token.p)}</dd>
        {token.q === null ? null : (
          <>
            <dt>{words.draft}</dt>
            <dd>{formatProbability(token.q)}</dd>
          </>
        )}
        {token.u === null ? null : (
          <>
            <dt>{words.draw}</dt>
            <dd>{formatProbability(token.u)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function tokenAt(rounds: readonly RoundEvent[], at: string): RunToken | undefined {
  const [round = -1, token = -1] = at.split('.').map(Number);
  return rounds[round]?.tokens[token];
}

function visibleText({ text, verdict }: RunToken): string {
  if (text === '') return COMMITTED_VERDICTS.has(verdict) ? words.noText : words.noTextStruck;
  return text.replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}
