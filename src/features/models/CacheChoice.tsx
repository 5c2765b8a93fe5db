import { type RefObject, useId } from 'react';
import { useBackend } from '../../store/engine/backend';
import { useWork } from '../../store/engine/work';
import { usePublished } from '../../store/models/published';
import { hubModels as words } from '../../ui/texts/hubModels';

interface CacheChoiceProps {
  /** Of what the choice is, for who does not see what it stands beside. */
  readonly name: string;
  readonly half: boolean;
  /** Of memory, for the caches in either precision; null: not known. */
  readonly bytesOf: (half: boolean) => number | null;
  readonly onChoose: (half: boolean) => void;
  readonly ref?: RefObject<HTMLSelectElement | null>;
}

/** Whether caches hold keys and values in full or in half precision; while the models are at work it stays. */
export function CacheChoice({ name, half, bytesOf, onChoose, ref }: CacheChoiceProps) {
  const id = useId();
  const busy = useWork(({ current }) => current !== null);
  const hasNoGpu = usePublished(({ device, deviceKnown }) => deviceKnown && device === null);
  const onCpu = useBackend(({ backend }) => backend === 'cpu') || hasNoGpu;
  return (
    <p className="hub-field">
      <label htmlFor={id}>
        {words.caches}
        <span className="visually-hidden">{words.cachesOf(name)}</span>
      </label>
      <select
        id={id}
        ref={ref}
        value={half ? 'half' : 'full'}
        disabled={busy}
        aria-describedby={`${id}-note`}
        onChange={({ target }) => onChoose(target.value === 'half')}
      >
        <option value="full">{words.cacheOption(words.fullCache, bytesOf(false))}</option>
        <option value="half" disabled={onCpu}>
          {words.cacheOption(words.halfCache, bytesOf(true))}
        </option>
      </select>
      <span className="hub-soft" id={`${id}-note`}>
        {words.halfCacheNote}
      </span>
    </p>
  );
}
