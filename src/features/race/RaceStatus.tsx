import { heatMs, raceResult } from '../../core/modes/race';
import { type RaceState, racePlayer, shownHeat, useRace } from '../../store/modes/race';
import { race as words } from '../../ui/texts/race';
import { useLoadingSentence } from '../../ui/useAwaited';
import { useHeat } from './useRunners';

/** One sentence on where the race is; announced when it begins to be measured, and when it has been. */
export function RaceStatus() {
  const sentence = useRace(statusOf);
  const warming = useRace(({ activity }) => activity === 'warming');
  const loading = useLoadingSentence();
  const totalMs = heatMs(useHeat());
  const replaying = racePlayer.use(({ atMs }) => atMs !== null && atMs < totalMs);
  return (
    <p className="race-status" role="status">
      {replaying ? words.replaying : warming && loading ? loading : sentence}
    </p>
  );
}

function statusOf(state: RaceState): string {
  const { activity, running, heats, repetitions } = state;
  if (activity === 'warming') return words.warming;
  if (activity === 'measuring' && running) return words.measuring(running, heats.length, repetitions);
  const heat = shownHeat(state);
  if (heats.length === 0) return words.empty;
  const result = raceResult(heat);
  if (!result) return Object.values(heat.runs).some((events) => events.length === 0) ? words.alone : words.notComparable;
  return words.headline(result);
}
