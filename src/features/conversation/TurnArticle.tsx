import { useMemo } from 'react';
import { askLastAgain } from '../../actions/conversation';
import { type ConversationTurn, isAnswered, isCutByContext, keptOf } from '../../core/modes/conversation';
import { tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import type { TraceAbout } from '../../formats/trace/trace';
import { showTrace } from '../../store/recordings/recording';
import { showRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { type Figure, FigureList } from '../../ui/FigureList';
import { formatRate, formatRatio, formatShare } from '../../ui/format';
import { conversation as words } from '../../ui/texts/conversation';
import { TokenLog } from '../../ui/tokens';
import { useAwaited } from '../../ui/useAwaited';

interface TurnProps {
  readonly turn: ConversationTurn;
  /** From 1. */
  readonly number: number;
  readonly leftOut: boolean;
  readonly isLast: boolean;
  /** Whether the conversation's last turn is being answered. */
  readonly asking: boolean;
  /** What is known of it where it was recorded elsewhere. */
  readonly recorded: TraceAbout | null;
}

/** A question, its answer with the marks of its verdicts, and how that went. */
export function TurnArticle({ turn, number, leftOut, isLast, asking, recorded }: TurnProps) {
  const { question, events } = turn;
  const writing = isLast && asking;
  const note = noteOf(turn, writing);
  const awaited = useAwaited(events);
  return (
    <li className="turn" data-left-out={leftOut || undefined} aria-label={words.turn(number)}>
      <h3 className="turn-question">
        <small>{words.turn(number)}</small>
        {question}
      </h3>
      {leftOut ? <p className="turn-note">{words.leftOut}</p> : null}
      <div className="turn-answer">
        {isAnswered(turn) ? (
          <TokenLog label={words.answer(number)} events={events} writing={writing} />
        ) : (
          <p className="turn-note">{writing ? awaited : words.noAnswer}</p>
        )}
        <TurnFigures turn={turn} />
      </div>
      {writing ? null : (
        <p className="turn-note">
          {note}
          {isAnswered(turn) ? (
            <Button look="quiet" onPress={() => stepThrough(events, recorded)}>
              {words.step}
            </Button>
          ) : null}
          {isLast && !recorded ? <ActionButton action={askLastAgain} look="quiet" /> : null}
        </p>
      )}
    </li>
  );
}

/** Puts the run of one turn on the page, where it is looked at like any other. */
function stepThrough(events: readonly RunEvent[], recorded: TraceAbout | null): void {
  if (recorded) showTrace({ about: { ...recorded, title: null }, events });
  else showRun(events);
  location.hash = 'step';
}

function noteOf(turn: ConversationTurn, writing: boolean): string | null {
  const end = turn.events.at(-1);
  if (writing || end?.type !== 'end' || !isAnswered(turn)) return null;
  if (end.reason === 'aborted') return words.stopped;
  if (end.reason === 'failed') return words.failed;
  return isCutByContext(turn) ? words.cut : null;
}

function TurnFigures({ turn }: { readonly turn: ConversationTurn }) {
  const figures = useMemo((): Figure[] => {
    const { acceptanceRate, meanAcceptanceLength, tokensPerSecond } = tally(turn.events);
    const kept = keptOf(turn);
    return [
      { key: 'acceptanceRate', name: words.acceptance, value: formatShare(acceptanceRate) },
      { key: 'meanAcceptanceLength', name: words.perPass, value: formatRatio(meanAcceptanceLength) },
      { key: 'tokensPerSecond', name: words.rate, value: formatRate(tokensPerSecond) },
      {
        key: 'reused',
        name: words.kept,
        note: kept ? words.keptNote(kept) : undefined,
        value: formatShare(kept && kept.reused / kept.prompt),
      },
    ];
  }, [turn]);
  return (
    <div className="turn-figures">
      <FigureList figures={figures} />
    </div>
  );
}
