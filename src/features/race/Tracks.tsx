import { LANES, type Lane, type Leap } from '../../core/modes/race';
import { tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { racePlayer } from '../../store/modes/race';
import { formatCount } from '../../ui/format';
import { race as words } from '../../ui/texts/race';
import { useRunner, useTrackLength } from './useRunners';

const HEIGHT = 20;
/** The gap after every pass, so that passes can be counted, as a share of a token. */
const GAP = 0.22;

/** Both runs on one track, a token to a step: every target pass is a leap as long as what it committed, those of plain tokens that were read back together at once. */
export function Tracks() {
  const length = useTrackLength();
  return (
    <ol className="race-track" aria-label={words.track}>
      {LANES.map((lane) => (
        <Track key={lane} lane={lane} length={length} />
      ))}
    </ol>
  );
}

function Track({ lane, length }: { readonly lane: Lane; readonly length: number }) {
  const { events, leaps, runner } = useRunner(lane);
  const { rounds, passes, committed, open, phase } = runner;
  const slow = racePlayer.use(({ pace, playing, atMs }) => atMs !== null && (pace !== 1 || !playing));
  const done = phase === 'ended';
  return (
    <li className="track" data-lane={lane} data-phase={phase}>
      <p className="track-name">
        <b>{words.lanes[lane]}</b>
        <span aria-hidden="true">{done ? finishSign(events) : slow ? words.phases[phase] : ''}</span>
      </p>
      <svg className="track-line" viewBox={`0 0 ${length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="track-ground" d={`M0 ${HEIGHT / 2 - 0.5}H${length}v1H0z`} />
        <path className="track-leaps" d={leapPath(leaps.slice(0, rounds))} />
        {open > 0 ? (
          <rect
            className="track-open"
            x={committed}
            width={Math.min(open, Math.max(0, length - committed))}
            y={HEIGHT * 0.3}
            height={HEIGHT * 0.4}
          />
        ) : null}
      </svg>
      <p className="track-passes">
        <b>{formatCount(passes)}</b> {words.passesUnit(passes)}
      </p>
      <p className="track-tokens">{words.of(committed, length)}</p>
    </li>
  );
}

/** How a run ended, with its whole wait and, apart, that of its prompt. */
function finishSign(events: readonly RunEvent[]): string {
  const end = events.at(-1);
  if (end?.type !== 'end') return '';
  if (end.reason === 'aborted' || end.reason === 'failed') return words.finishes[end.reason];
  const { waitMs, timeToFirstTokenMs } = tally(events);
  return words.finishes.finished(waitMs, timeToFirstTokenMs);
}

/** All leaps as one path. */
function leapPath(leaps: readonly Leap[]): string {
  const bar = (from: number, to: number) => (to > from ? `M${from} 3H${to - GAP}V${HEIGHT - 3}H${from}z` : '');
  return leaps
    .map(({ from, to, passes }) =>
      passes === 1 ? bar(from, to) : Array.from({ length: to - from }, (_, at) => bar(from + at, from + at + 1)).join(''),
    )
    .join('');
}
