import type { TargetSpec } from '../../catalog/resolve';
import { bytesOf, filesOf, type ModelSpec, modelsOf, type PairSpec } from '../../catalog/spec';
import { missingBytes } from '../../catalog/storedModels';
import type { LoadProgress } from '../../engine/tasks';
import { useBackend } from '../../store/engine/backend';
import { chosenPair, useTarget } from '../../store/engine/catalogue';
import { load, useLoading } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { useOffline } from '../../store/offline/offline';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { formatBytes, formatCompact } from '../../ui/format';
import { targets, loading as words } from '../../ui/texts';
import { loadedOf, phases } from '../../ui/texts/awaited';
import './loading.css';

/** How far each model of the chosen pair is, in bytes and in words. */
export function Loading() {
  const { progress, failure, unasked } = useLoading();
  const computedBy = useBackend((state) => state.computedBy);
  const target = useTarget();
  const pair = chosenPair(useSettings());
  const models = target && pair ? labelled(target, pair) : [];
  const ready = models.length > 0 && models.every(({ model }) => progress[model.id]?.phase === 'ready');
  return (
    <section className="loading" aria-label={words.heading}>
      <h2>{target ? `${words.heading}: ${target.name}` : words.heading}</h2>
      {target ? null : <p className="loading-unread">{failure ? words.unknown : words.unread}</p>}
      {ready && computedBy && computedBy.target === target?.model.id ? (
        <p className="loading-computed-by">{words.computedBy(computedBy)}</p>
      ) : null}
      {models.map(({ label, model }) => (
        <ModelProgress
          key={model.id}
          label={label}
          model={model}
          progress={progress[model.id]}
          waiting={models.find((other) => isComing(progress[other.model.id]))?.model.name ?? null}
        />
      ))}
      <p className="visually-hidden" role="status">
        {ready ? words.allReady(models.length) : ''}
      </p>
      {unasked && target && pair ? <Unasked name={target.model.name} pair={pair} /> : null}
    </section>
  );
}

/** The models of a visit before, which the browser dropped or a person deleted: they come again when asked for. */
function Unasked({ name, pair }: { readonly name: string; readonly pair: PairSpec }) {
  const stored = useOffline((state) => state.models);
  const missing = missingBytes(modelsOf(pair), stored);
  return (
    <div className="loading-unasked" role="status">
      <p>{targets.unasked(name)}</p>
      <Button
        look="small"
        onPress={() => {
          void load();
          // It goes with the press.
          document.getElementById('prompt')?.focus();
        }}
      >
        {targets.fetch(name, formatBytes(missing))}
      </Button>
    </div>
  );
}

interface ModelProgressProps {
  readonly label: string;
  readonly model: ModelSpec;
  readonly progress: LoadProgress | undefined;
  /** The model of the pair that comes before it, if one is on its way. */
  readonly waiting: string | null;
}

function ModelProgress({ label, model, progress, waiting }: ModelProgressProps) {
  const loads = useLoading((state) => state.underWay);
  const runs = useWork(({ current }) => current !== null);
  const notYet = waiting ? words.waiting.other(waiting) : loads || runs ? words.waiting.engine : words.waiting.unasked;
  const size = bytesOf(filesOf(model));
  return (
    <div className="model" data-phase={progress?.phase ?? 'waiting'}>
      <p className="model-line">
        <b>{label}</b>
        <span className="model-size">{words.parameters(formatCompact(model.parameters))}</span>
      </p>
      <progress max={progress?.totalBytes ?? size} value={progress?.loadedBytes ?? 0} aria-label={words.progressOf(label)} />
      <p className="model-line">
        <span className="model-phase">{progress ? phases[progress.phase] : notYet}</span>
        <span className="model-size">{loadedOf(progress, size)}</span>
      </p>
    </div>
  );
}

const isComing = (progress: LoadProgress | undefined) => progress !== undefined && progress.phase !== 'ready';

/** One, where the target drafts for itself, or no model drafts. */
function labelled(target: TargetSpec, pair: PairSpec) {
  return modelsOf(pair).map((model) => {
    const draft = target.drafts.find((each) => each.model.id === model.id);
    return { model, label: draft ? words.draft(draft.name) : words.target };
  });
}
