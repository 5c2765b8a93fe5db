import { endsInDraft } from '../../core/run/tally';
import { COMMITTED_VERDICTS, type RoundEvent, type RunToken, type SamplingSettings } from '../../core/types';
import { formatProbability } from '../format';
import { pastEnd, verdicts, tokenCard as words } from '../texts';
import { visibleText } from '../visibleText';
import { CandidateBars } from './CandidateBars';
import type { ShownCard } from './useTokenCard';

const WIDTH = '17rem';
/** With three short lists of candidates side by side. */
const WIDE = '36rem';

interface TokenCardProps extends ShownCard {
  readonly rounds: readonly RoundEvent[];
  /** How the run's drafts were judged; null if nothing was drawn. */
  readonly rule: SamplingSettings['rule'] | null;
  readonly onEnter: () => void;
  readonly onLeave: () => void;
}

/** What is known of one token: its verdict in words, both models' probabilities, the test that decided, and what else might have stood there. */
export function TokenCard({ id, at, left, offset, above, rounds, rule, onEnter, onLeave }: TokenCardProps) {
  const token = tokenAt(rounds, at);
  if (!token) return null;
  const verdict = isPastEnd(rounds, at) ? pastEnd : verdicts[token.verdict];
  const width = `min(${token.candidates ? WIDE : WIDTH}, 100%)`;
  return (
    <div
      className="token-card"
      role="tooltip"
      id={id}
      style={{
        left: `clamp(0px, ${left}px, 100% - ${width})`,
        width,
        [above ? 'bottom' : 'top']: offset,
      }}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
    >
      <p className="token-card-text">
        <code>{tokenText(token)}</code>
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
      <Decision token={token} rule={rule} />
      {token.candidates ? <CandidateBars candidates={token.candidates} chosen={token.id} /> : null}
    </div>
  );
}

function tokenAt(rounds: readonly RoundEvent[], at: string): RunToken | undefined {
  const [round = -1, token = -1] = at.split('.').map(Number);
  return rounds[round]?.tokens[token];
}

/** Whether the token was drafted past the end of the answer. */
function isPastEnd(rounds: readonly RoundEvent[], at: string): boolean {
  const round = rounds[Number(at.split('.')[0])];
  return round !== undefined && endsInDraft(round) && tokenAt(rounds, at)?.verdict === 'discarded';
}

function tokenText({ text, verdict }: RunToken): string {
  if (text === '') return COMMITTED_VERDICTS.has(verdict) ? words.noText : words.noTextStruck;
  return visibleText(text);
}

/** The rejection rule's test of a draft, with this token's figures (Leviathan et al. 2023, algorithm 1). */
function Decision({ token: { verdict, p, q, u }, rule }: { readonly token: RunToken; readonly rule: TokenCardProps['rule'] }) {
  if (rule !== 'rejection' || p === null || q === null || u === null || q === 0) return null;
  if (verdict !== 'accepted' && verdict !== 'rejected') return null;
  const bound = formatProbability(Math.min(1, p / q));
  return <p className="token-card-test">{words.test(formatProbability(u), bound, verdict === 'accepted')}</p>;
}
