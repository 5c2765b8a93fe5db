import type { Manifest, ModelEntry } from '../../catalog/manifest';
import type { LoadProgress } from '../../engine/tasks';
import { useLoading } from '../../store/engine/loading';
import { useSettings } from '../../store/run/settings';
import { formatBytes, formatCompact } from '../../ui/format';
import { loading as words } from '../../ui/texts';
import './loading.css';

/** How far each model of the chosen pair is, in bytes and in words. */
export function Loading() {
  const { manifest, progress, failure } = useLoading();
  const draft = useSettings((settings) => settings.draft);
  const models = manifest ? chosenModels(manifest, draft) : [];
  const ready = models.length > 0 && models.every(({ id }) => progress[id]?.phase === 'ready');
  return (
    <section className="loading" aria-label={words.heading}>
      <h2>{manifest ? `${words.heading}: ${manifest.pair.name}` : words.heading}</h2>
      {manifest ? null : <p className="loading-unread">{failure ? words.unknown : words.unread}</p>}
      {models.some(({ id }) => progress[id]?.backend === 'cpu') ? <p className="loading-cpu">{words.cpu}</p> : null}
      {models.map(({ id, label, entry }) => (
        <ModelProgress key={id} label={label} entry={entry} progress={progress[id]} />
      ))}
      <p className="visually-hidden" role="status">
        {ready ? words.allReady : ''}
      </p>
    </section>
  );
}

interface ModelProgressProps {
  readonly label: string;
  readonly entry: ModelEntry;
  readonly progress: LoadProgress | undefined;
}

function ModelProgress({ label, entry, progress }: ModelProgressProps) {
  const phase = progress?.phase ?? 'waiting';
  const total = progress?.totalBytes ?? totalBytes(entry);
  const loaded = progress?.loadedBytes ?? 0;
  return (
    <div className="model" data-phase={phase}>
      <p className="model-line">
        <b>{label}</b>
        <span className="model-size">{words.parameters(formatCompact(entry.parameters))}</span>
      </p>
      <progress max={total} value={loaded} aria-label={words.progressOf(label)} />
      <p className="model-line">
        <span className="model-phase">{words.phases[phase]}</span>
        <span className="model-size">{words.bytes(formatBytes(loaded), formatBytes(total))}</span>
      </p>
    </div>
  );
}

/** One, where the target drafts for itself. */
function chosenModels({ pair, models }: Manifest, chosen: string) {
  const draft = pair.drafts.find(({ id }) => id === chosen);
  const target = { id: pair.target, label: words.target, entry: models[pair.target] };
  return [
    target,
    ...(chosen === pair.target ? [] : [{ id: chosen, label: words.draft(draft?.name ?? chosen), entry: models[chosen] }]),
  ].flatMap(({ id, label, entry }) => (entry ? [{ id, label, entry }] : []));
}

function totalBytes(entry: ModelEntry): number {
  return entry.files.reduce((sum, file) => sum + file.bytes, entry.library.bytes);
}
