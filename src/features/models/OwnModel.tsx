import { bytesOf, filesOf, type ModelSpec } from '../../catalog/spec';
import { ownBytes } from '../../catalog/storedModels';
import { chooseTarget } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { useOwnModels } from '../../store/models/ownModels';
import { useOffline } from '../../store/offline/offline';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { formatBytes } from '../../ui/format';
import { models as words } from '../../ui/texts/models';
import { useAskingBack } from '../../ui/useAskingBack';
import { RemovalQuestion } from './RemovalQuestion';

interface OwnModelProps {
  readonly model: ModelSpec;
  /** The other models of the person's own. */
  readonly others: readonly ModelSpec[];
}

/** A model of a person's own: its size, and to use or delete it. Deleting asks back in the same row. */
export function OwnModel({ model, others }: OwnModelProps) {
  const { id, name } = model;
  const { row, asking, setAsking } = useAskingBack<HTMLLIElement>();
  const removing = useOwnModels((state) => state.removing);
  const busy = useWork(({ current }) => current !== null);
  const isChosen = useSettings(({ target }) => target === id);
  const stored = useOffline(({ models }) => models[id]);
  if (asking) {
    return (
      <li ref={row}>
        <RemovalQuestion
          model={model}
          question={words.confirm(name, formatBytes(ownBytes(model, others)))}
          onAnswer={() => setAsking(false)}
        />
      </li>
    );
  }
  return (
    <li ref={row}>
      <p>
        <b>{name}</b> {formatBytes(bytesOf(filesOf(model)))}
        {removing === id ? ` ${words.removing}` : null}
        {stored && !stored.whole ? <span className="models-partly"> {words.partly}</span> : null}
      </p>
      <p className="models-answers">
        {isChosen ? (
          <span className="models-chosen">{words.chosen}</span>
        ) : (
          <Button look="small" name={words.chooseOf(name)} disabled={busy || removing !== null} onPress={() => void chooseTarget(id)}>
            {words.choose}
          </Button>
        )}
        <Button look="quiet" name={words.removeOf(name)} disabled={busy || removing !== null} onPress={() => setAsking(true)}>
          {words.remove}
        </Button>
      </p>
    </li>
  );
}
