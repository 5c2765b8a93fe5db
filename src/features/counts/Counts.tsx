import { useMemo } from 'react';
import { type Tally, tally } from '../../core/run/tally';
import { useShownEvents } from '../../store/recordings/playback';
import { useShownRecording } from '../../store/recordings/recording';
import { useRun } from '../../store/run/run';
import { type Figure, FigureList } from '../../ui/FigureList';
import { formatCount, formatRate, formatRatio, formatShare } from '../../ui/format';
import { counts as words } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { speeds } from '../../ui/texts/speeds';
import { Compared } from './Compared';
import './counts.css';
import { DraftedBar } from './DraftedBar';

/** What the run's events add up to, at the moment that is shown. */
export function Counts() {
  const events = useShownEvents();
  const recorded = useShownRecording() !== null;
  const soFar = useRun(({ events: all }) => events.length < all.length);
  const counted = useMemo(() => tally(events), [events]);
  // Before a run nothing has been counted, not even zero.
  const seen = events.length > 0;
  return (
    <section className="counts" aria-label={words.heading}>
      <h2>{soFar ? words.headingSoFar : words.heading}</h2>
      <p className="counts-speed">
        <b data-count="tokensPerSecond">{formatRate(counted.tokensPerSecond)}</b> {counted.tooCoarse ? clock.rate : speeds.unit}
        <small>
          {soFar ? speeds.decodingSoFar : `${speeds.names.decoding}, ${speeds.notes.decoding}`}
          {recorded ? ` · ${speeds.onRecorder}` : null}
        </small>
      </p>
      <DraftedBar tally={counted} seen={seen} />
      <FigureList figures={figures(counted, soFar).map((figure) => (seen ? figure : { ...figure, value: formatCount(null) }))} />
      <Compared whole={soFar} />
    </section>
  );
}

/** @param soFar whether they are of a part of the run */
function figures(counted: Tally, soFar: boolean): Figure[] {
  const { rounds, readbacks, acceptanceRate, acceptedOverDrafted, meanAcceptanceLength, waitTokensPerSecond, waitMs } = counted;
  return [
    {
      key: 'waitTokensPerSecond',
      name: soFar ? speeds.overWaitSoFar : speeds.overWait,
      note: speeds.waited(waitMs),
      value: formatRate(waitTokensPerSecond),
    },
    { key: 'acceptanceRate', name: words.acceptanceRate, note: words.acceptanceRateNote, value: formatShare(acceptanceRate) },
    { key: 'acceptedOverDrafted', name: words.acceptedOverDrafted, value: formatShare(acceptedOverDrafted) },
    { key: 'rounds', name: words.rounds, value: formatCount(rounds) },
    {
      key: 'meanAcceptanceLength',
      name: words.meanAcceptanceLength,
      note: words.meanAcceptanceLengthNote,
      value: formatRatio(meanAcceptanceLength),
    },
    {
      key: 'readbacksPerRound',
      name: words.readbacksPerRound,
      ...(rounds > 0 && readbacks === 0
        ? { note: words.nothingReadBack, value: words.none }
        : { value: formatRatio(rounds > 0 ? readbacks / rounds : null) }),
    },
  ];
}
