import { useTarget } from '../../store/engine/catalogue';
import { chooseTarget } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { Choices } from '../../ui/Choices';
import { settings as words } from '../../ui/texts';
import { useOffers } from './offers';

/** Which target is loaded; while the models are at work it stays. */
export function TargetChoice() {
  const target = useTarget();
  const busy = useWork(({ current }) => current !== null);
  const options = useOffers().map(({ id, label }) => ({ value: id, label }));
  return (
    <Choices
      legend={words.names.target}
      options={options}
      value={target?.model.id ?? ''}
      onChange={(chosen) => void chooseTarget(chosen)}
      held={busy ? words.unused.busy : null}
    />
  );
}
