import { draftsOf } from '../../core/run/moment';
import { pastEndOf } from '../../core/run/tally';
import type { RoundEvent, RunToken } from '../../core/types';
import { useMoment, useShownEvents } from '../../store/recordings/playback';
import { formatCount } from '../../ui/format';
import { pastEnd } from '../../ui/texts';
import { playback as words } from '../../ui/texts/playback';
import { visibleText } from '../../ui/visibleText';
import './lane.css';

/**
 * The draft of one round: what was guessed, while it is guessed and read, and then what became of it. A second look at what the output says in
 * full, so it is hidden from screen readers.
 */
export function DraftLane() {
  const { phase, round, drafted } = useMoment();
  const events = useShownEvents();
  const latest = events.findLast((event) => event.type === 'round');
  return (
    <div className="lane" aria-hidden="true" data-phase={phase}>
      {round ? (
        <OpenRound key={round.index} round={round} drafted={drafted} />
      ) : latest ? (
        <DecidedRound key={latest.index} round={latest} />
      ) : null}
    </div>
  );
}

function OpenRound({ round, drafted }: { readonly round: RoundEvent; readonly drafted: number }) {
  return <LaneRound round={round} shown={draftsOf(round)} stateOf={(_, i) => (i < drafted ? 'pending' : 'open')} />;
}

function DecidedRound({ round }: { readonly round: RoundEvent }) {
  return <LaneRound round={round} shown={round.tokens} stateOf={({ verdict }) => verdict} />;
}

interface LaneRoundProps {
  readonly round: RoundEvent;
  /** Tokens of the round from its first; drafts past the end are counted instead. */
  readonly shown: readonly RunToken[];
  readonly stateOf: (token: RunToken, at: number) => LaneState;
}

function LaneRound({ round, shown, stateOf }: LaneRoundProps) {
  const behind = pastEndOf(round);
  return (
    <>
      <p className="lane-label">{words.laneRound(formatCount(round.index + 1), draftsOf(round).length)}</p>
      <p className="lane-tokens">
        {shown.slice(0, round.tokens.length - behind).map((token, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a round never changes
          <LaneToken key={i} token={token} state={stateOf(token, i)} />
        ))}
        {behind > 0 ? <span className="lane-behind">{pastEnd.label(behind)}</span> : null}
      </p>
    </>
  );
}

type LaneState = RunToken['verdict'] | 'pending' | 'open';

function LaneToken({ token, state }: { readonly token: RunToken; readonly state: LaneState }) {
  return <span className={`lane-token ${state}`}>{token.text === '' ? '·' : visibleText(token.text)}</span>;
}
