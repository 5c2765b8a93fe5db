import { playRace, RACE_STEPS } from '../../actions/race';
import { ariaKeys } from '../../actions/registry';
import { heatMs } from '../../core/modes/race';
import { racePlayer, useRace } from '../../store/modes/race';
import { ActionButton } from '../../ui/ActionButton';
import { formatSeconds } from '../../ui/format';
import { PaceChoice, PlayButton, Scrubber } from '../../ui/player';
import { race as words } from '../../ui/texts/race';
import { useHeat } from './useRunners';

/** The race's clock, and the ways to move it. */
export function Transport() {
  const heat = useHeat();
  const measuring = useRace(({ activity }) => activity !== 'idle');
  const totalMs = heatMs(heat);
  return (
    <div className="race-transport">
      <Clock totalMs={totalMs} />
      <div className="race-controls">
        <PlayButton player={racePlayer} empty={measuring || totalMs === 0} keyShortcuts={ariaKeys(playRace.keys)} />
        {RACE_STEPS.map((action) => (
          <ActionButton key={action.id} action={action} look="quiet" showKeys />
        ))}
        <PaceChoice player={racePlayer} />
      </div>
      <div className="race-scrubber">
        <Scrubber player={racePlayer} endMs={measuring ? 0 : totalMs} totalMs={totalMs} momentText={words.moment} />
      </div>
    </div>
  );
}

/** Not announced: it changes with every frame. */
function Clock({ totalMs }: { readonly totalMs: number }) {
  const atMs = racePlayer.use((state) => Math.min(state.atMs ?? totalMs, totalMs));
  return (
    <p className="race-clock">
      <span className="visually-hidden">{words.clock}: </span>
      {formatSeconds(atMs)}
    </p>
  );
}
