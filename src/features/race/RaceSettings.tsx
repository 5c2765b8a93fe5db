import { raceLast } from '../../actions/race';
import { chooseRepetitions, REPETITIONS, type Repetitions, useRace } from '../../store/modes/race';
import { ActionButton } from '../../ui/ActionButton';
import { Choices } from '../../ui/Choices';
import { formatCount } from '../../ui/format';
import { race as words } from '../../ui/texts/race';
import { SettingsForm } from '../prompt';

const OPTIONS = REPETITIONS.map((count) => ({ value: String(count), label: formatCount(count) }));

/** How speculation decodes, folded away so that the race has the room; how often both run; and the race of what ran before. */
export function RaceSettings() {
  const repetitions = useRace((state) => state.repetitions);
  return (
    <div className="compact-settings">
      <details className="fold">
        <summary>{words.settings}</summary>
        <SettingsForm withMode={false} />
      </details>
      <Choices
        legend={words.repetitions}
        options={OPTIONS}
        value={String(repetitions)}
        onChange={(value) => chooseRepetitions(Number(value) as Repetitions)}
      />
      <ActionButton action={raceLast} look="quiet" />
    </div>
  );
}
