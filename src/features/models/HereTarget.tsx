import { type RefObject, useRef } from 'react';
import { cacheBytesOf } from '../../catalog/architecture';
import type { TargetSpec } from '../../catalog/resolve';
import { bytesOf, filesOf, isAdded, isOfHub, isOwn, type ModelSpec, modelsOf } from '../../catalog/spec';
import { missingBytes, ownBytes } from '../../catalog/storedModels';
import type { LoadProgress } from '../../engine/tasks';
import { isEmbedded, useCatalogue } from '../../store/engine/catalogue';
import { chooseHalfCaches, chooseTarget, pairToLoad, stopLoading, useLoading } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { useFacts } from '../../store/models/facts';
import { useOwnModels } from '../../store/models/ownModels';
import { othersStored, useOffline } from '../../store/offline/offline';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { formatBytes } from '../../ui/format';
import { Progress } from '../../ui/Progress';
import { loadedOf, phases } from '../../ui/texts/awaited';
import { hubModels as words } from '../../ui/texts/hubModels';
import { models as own } from '../../ui/texts/models';
import { useAskingBack } from '../../ui/useAskingBack';
import { CacheChoice } from './CacheChoice';
import { ModelLine } from './ModelLine';
import { Pay } from './Pay';
import { RemovalQuestion } from './RemovalQuestion';
import { useFound } from './useFound';

/** A target that the page has: its models, what they take, whether it pays here, and to use or delete it. */
export function HereTarget({ target }: { readonly target: TargetSpec }) {
  const { model, drafts } = target;
  const states = drafts.some((draft) => draft.model.statesOf !== undefined);
  useCatalogue((state) => state.catalogue);
  const isChosen = useSettings((chosen) => chosen.target === model.id);
  const heading = useRef<HTMLHeadingElement>(null);
  const kind = isEmbedded(target) ? 'embedded' : isOwn(model.id) ? 'own' : isOfHub(model.id) ? 'hub' : 'beside';
  return (
    <li className="hub-target" data-chosen={isChosen || undefined}>
      <div className="hub-target-head">
        <h4 ref={heading} tabIndex={-1}>
          {target.name}
        </h4>
        <p className="hub-soft">{words.kinds[kind]}</p>
        <TargetActions target={target} isChosen={isChosen} />
      </div>
      <dl className="hub-lines">
        <ModelLine label={words.target} model={model} states={states} />
        {drafts.map((draft) => (
          <ModelLine
            key={draft.model.id}
            label={words.draftNamed(draft.name)}
            model={draft.model}
            states={draft.model.statesOf !== undefined}
          />
        ))}
      </dl>
      {drafts.length === 0 ? <p className="hub-soft">{words.noDrafts}</p> : null}
      <Cache model={model} states={states} found={isChosen ? heading : null} />
      {isChosen ? <Coming models={[model, ...drafts.map((draft) => draft.model)]} /> : null}
      <Pay target={target} isChosen={isChosen} />
    </li>
  );
}

interface CacheProps {
  readonly model: ModelSpec;
  readonly states: boolean;
  /** Where a search for the setting leads to, where it is no choice, or none now; null: not here. */
  readonly found: RefObject<HTMLElement | null> | null;
}

/** In which precision its cache is, once its files say what that takes. */
function Cache({ model, states, found }: CacheProps) {
  const { id, name, context, halfCache = false } = model;
  const architecture = useFacts(({ architectures }) => architectures[id]);
  const field = useRef<HTMLSelectElement>(null);
  useFound(found && architecture !== undefined ? 'caches' : null, field, found ?? field);
  if (!architecture || !(architecture.halvesCache || halfCache)) return null;
  return (
    <CacheChoice
      name={name}
      half={halfCache}
      ref={field}
      bytesOf={(half) => cacheBytesOf(architecture, { tokens: context, half, states })}
      onChoose={(half) => void chooseHalfCaches([id], half)}
    />
  );
}

/** How far those of `models` are that are on their way, as after "Download and use". */
function Coming({ models }: { readonly models: readonly ModelSpec[] }) {
  const { progress, underWay } = useLoading();
  const coming = models.filter(({ id }) => progress[id] && progress[id].phase !== 'ready');
  const ready = !underWay && models.some(({ id }) => progress[id]?.phase === 'ready');
  return (
    <>
      {coming.map((model) => {
        const { id, name } = model;
        const come = progress[id] as LoadProgress;
        const { phase, loadedBytes, totalBytes } = come;
        const text = [name, phases[phase], loadedOf(come, bytesOf(filesOf(model)))].join(words.between);
        return <Progress key={id} label={words.progressOf(name)} done={loadedBytes} total={totalBytes} text={text} />;
      })}
      {coming.length > 0 && underWay ? (
        <div className="hub-actions">
          <Button look="small" onPress={stopLoading}>
            {words.stopLoading}
          </Button>
        </div>
      ) : null}
      <p className="visually-hidden" role="status">
        {ready ? words.readyToUse : ''}
      </p>
    </>
  );
}

function TargetActions({ target, isChosen }: { readonly target: TargetSpec; readonly isChosen: boolean }) {
  const { model } = target;
  const { id, name } = model;
  useSettings();
  const { row, asking, setAsking } = useAskingBack<HTMLDivElement>();
  const { removing, failure } = useOwnModels();
  const { progress, underWay } = useLoading();
  const busy = useWork(({ current }) => current !== null);
  const stored = useOffline(({ models }) => models);
  // With what drafted for it last.
  const pair = pairToLoad(target);
  const missing = missingBytes(pair ? modelsOf(pair) : [model], stored);
  const freed = ownBytes(model, othersStored(id, stored));
  // One that was stopped, or that the browser dropped, is asked for again.
  const isInUse = isChosen && (underWay || progress[id] !== undefined || stored[id] === undefined || missing === 0);
  if (asking) {
    return (
      <div className="hub-actions" ref={row}>
        <RemovalQuestion
          model={model}
          question={isOwn(id) ? own.confirm(name, formatBytes(freed)) : words.confirm(name, freed)}
          onAnswer={() => setAsking(false)}
        />
      </div>
    );
  }
  return (
    <div className="hub-actions" ref={row}>
      {removing === id ? <span className="hub-soft">{own.removing}</span> : null}
      {isInUse ? (
        <span className="hub-chosen">{words.chosen}</span>
      ) : (
        <Button
          look="small"
          name={missing > 0 ? words.fetchAndUseOf(name, missing) : words.chooseOf(name)}
          disabled={busy || removing !== null || model.missing.length > 0}
          onPress={() => void chooseTarget(id)}
        >
          {missing > 0 ? words.fetchAndUse(missing) : words.use}
        </Button>
      )}
      {isAdded(id) ? (
        <Button look="quiet" name={words.removeOf(name)} disabled={busy || removing !== null} onPress={() => setAsking(true)}>
          {words.remove}
        </Button>
      ) : null}
      {isAdded(id) && removing === id ? (
        <DismissibleFailure failure={failure} onDismiss={() => useOwnModels.setState({ failure: null })} />
      ) : null}
    </div>
  );
}
