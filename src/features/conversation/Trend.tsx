import { useMemo } from 'react';
import type { ConversationTurn } from '../../core/modes/conversation';
import { tally } from '../../core/run/tally';
import { useTarget } from '../../store/engine/catalogue';
import { formatShare } from '../../ui/format';
import { Progress } from '../../ui/Progress';
import { conversation as words } from '../../ui/texts/conversation';

interface TrendProps {
  readonly turns: readonly ConversationTurn[];
  /** Tokens of the context that the conversation takes; null before its first answer. */
  readonly used: number | null;
}

/** The acceptance of every turn as a bar from 0 to 1, and how much of the context is taken. */
export function Trend({ turns, used }: TrendProps) {
  const rates = useMemo(() => turns.map(({ events }) => tally(events).acceptanceRate), [turns]);
  const most = useTarget()?.model.context ?? null;
  return (
    <>
      <h3>{words.trend}</h3>
      <ol className="trend">
        {rates.map((rate, i) => (
          // Turns are only added and taken at the end, or all at once.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={i}>
            <span className="visually-hidden">{words.trendOf(i + 1, rate)}</span>
            <span className="trend-bar" aria-hidden="true" data-missing={rate === null || undefined}>
              <i style={{ height: `${100 * (rate ?? 0)}%` }} />
            </span>
            <small aria-hidden="true">{formatShare(rate)}</small>
          </li>
        ))}
      </ol>
      {used !== null && most !== null ? (
        <>
          <h3>{words.context}</h3>
          <Progress label={words.context} done={Math.min(used, most)} total={most} text={words.contextUsed(used, most)} />
        </>
      ) : null}
    </>
  );
}
