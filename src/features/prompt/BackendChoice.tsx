import { BACKEND } from '../../formats/settings';
import { useBackend } from '../../store/engine/backend';
import { chooseBackend } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { Choices } from '../../ui/Choices';
import { settings as words } from '../../ui/texts';

const OPTIONS = BACKEND.values.map((value) => ({ value, label: words.backends[value] }));

/** What computes; while the models are at work it stays. */
export function BackendChoice() {
  const backend = useBackend((state) => state.backend);
  const busy = useWork(({ current }) => current !== null);
  return (
    <Choices
      legend={words.names.backend}
      options={OPTIONS}
      value={backend}
      onChange={(chosen) => void chooseBackend(chosen)}
      held={busy ? words.unused.busy : null}
    />
  );
}
