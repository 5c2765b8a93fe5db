import { bytesOf, filesOf, isAdded, isOwn, type ModelSpec } from '../../catalog/spec';
import { ownBytes } from '../../catalog/storedModels';
import { useWork } from '../../store/engine/work';
import { removeModel } from '../../store/models/ownModels';
import { deleteOffline, othersStored, storeOffline, useOffline } from '../../store/offline/offline';
import { AskBack } from '../../ui/AskBack';
import { Button } from '../../ui/Button';
import { formatBytes } from '../../ui/format';
import { settings } from '../../ui/texts';
import { models as own } from '../../ui/texts/models';
import { offline as words } from '../../ui/texts/offline';
import { useAskingBack } from '../../ui/useAskingBack';

interface ModelRowProps {
  readonly model: ModelSpec;
  /** Here. */
  readonly name: string;
}

/** One model: how much of it is stored, and what to do about it. Deleting asks back in the same row. */
export function ModelRow({ model, name }: ModelRowProps) {
  const { id } = model;
  const { models, storing } = useOffline();
  // Deleting what a person added unloads it too, so it waits until the models are free.
  const heldBack = useWork(({ current }) => current !== null) && isAdded(id);
  const { row, asking, setAsking } = useAskingBack<HTMLTableRowElement>();
  const { bytes, whole } = models[id] ?? { bytes: 0, whole: false };
  const isComing = storing?.model === id;
  if (asking) {
    return (
      <tr ref={row}>
        <td colSpan={4}>
          <AskBack
            question={(isOwn(id) ? own : words).confirm(name, formatBytes(ownBytes(model, othersStored(id, models))))}
            verb={words.remove}
            keep={words.keep}
            heldBack={heldBack ? settings.unused.busy : null}
            onVerb={() => {
              setAsking(false);
              void (isAdded(id) ? removeModel(id) : deleteOffline(id));
            }}
            onKeep={() => setAsking(false)}
          />
        </td>
      </tr>
    );
  }
  return (
    <tr ref={row} data-stored={whole}>
      <th scope="row">{name}</th>
      <td>{formatBytes(isComing ? storing.loadedBytes : whole ? bytes : bytesOf(filesOf(model)))}</td>
      <td>{isComing ? words.storing : whole ? words.stored : bytes > 0 ? words.partly : words.absent}</td>
      <td>
        {whole || isOwn(id) ? (
          <Button look="quiet" name={words.of(words.remove, name)} disabled={heldBack} onPress={() => setAsking(true)}>
            {words.remove}
          </Button>
        ) : (
          <Button look="quiet" name={words.of(words.store, name)} disabled={storing !== null} onPress={() => void storeOffline(id)}>
            {words.store}
          </Button>
        )}
      </td>
    </tr>
  );
}
