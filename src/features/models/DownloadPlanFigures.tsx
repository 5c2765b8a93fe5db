import { useId } from 'react';
import type { ModelPlan } from '../../catalog/downloadPlan';
import { type ModelSpec, modelsOf } from '../../catalog/spec';
import { useHalfCaches } from '../../store/engine/halfCaches';
import { cacheBytesAt, chooseCaches, chooseContext, type Download } from '../../store/models/downloads';
import { formatBytes, formatCount } from '../../ui/format';
import { hubModels as words } from '../../ui/texts/hubModels';
import { CacheChoice } from './CacheChoice';

const SHORTEST_CONTEXT = 1024;

/** What both models of a download are and take, side by side, and together. */
export function DownloadPlanFigures({ download }: { readonly download: Download }) {
  const { pair, plan } = download;
  const halved = useHalfCaches(({ models }) => models);
  if (!pair || !plan) return null;
  const models = modelsOf(pair).flatMap((model) => {
    const of = plan.models.find(({ id }) => id === model.id);
    return of ? [{ model, of }] : [];
  });
  const [first] = models;
  return (
    <>
      <dl className="hub-lines">
        {models.map(({ model, of }) => (
          <div key={model.id}>
            <dt>{model.name}</dt>
            <dd>{lineOf(model, halved.includes(model.id), of)}</dd>
          </div>
        ))}
        <div>
          <dt>{models.length > 1 ? words.whole : words.wholeOne}</dt>
          <dd data-count="memory">{plan.memoryBytes === null ? words.unknown : formatBytes(plan.memoryBytes)}</dd>
        </div>
        <div>
          <dt>{words.comes}</dt>
          <dd data-count="comes">
            {plan.fetchBytes === 0 && unknownOf(plan.models) === 0
              ? words.nothingComes
              : words.comesOf(plan.fetchBytes, unknownOf(plan.models))}{' '}
            {words.from(hostOf(first?.model))}
          </dd>
        </div>
      </dl>
      {download.state === 'looked' ? <ContextChoice download={download} /> : null}
      {download.state === 'looked' ? <Caches download={download} /> : null}
    </>
  );
}

/** @param isHalf whether its cache is to be in half precision */
function lineOf(model: ModelSpec, isHalf: boolean, { hereBytes, fetchBytes, memory, architecture }: ModelPlan): string {
  return [
    words.parameters(model.parameters),
    ...(architecture ? [words.architecture(architecture)] : []),
    ...(memory ? [words.takes(memory.weights + memory.cache, model.context, isHalf)] : []),
    ...(architecture && !architecture.half && !architecture.halvesCache ? [words.fullCacheOnly] : []),
    fetchBytes === 0 ? words.storedAll(hereBytes) : words.storedPart(hereBytes, hereBytes + fetchBytes),
    words.needs(model.library.needs, model.missing),
    ...(model.tokenizer === null ? [] : [words.tokenizer(model.tokenizer)]),
  ].join(words.between);
}

function unknownOf(models: readonly ModelPlan[]): number {
  return models.reduce((sum, { unknown }) => sum + unknown.length, 0);
}

function hostOf(model: ModelSpec | undefined): string {
  const url = model?.files[0]?.url ?? null;
  return url === null ? '' : new URL(url).host;
}

/** Fewer tokens take less memory; no more than the models are published with. */
function ContextChoice({ download }: { readonly download: Download }) {
  const id = useId();
  const chosen = download.pair?.target.context ?? 0;
  // Before it was shortened.
  const most = Math.max(chosen, Number(download.target.record.overrides?.context_window_size ?? 0));
  const lengths: number[] = [];
  for (let length = SHORTEST_CONTEXT; length < most; length *= 2) lengths.push(length);
  if (lengths.length === 0) return null;
  return (
    <p className="hub-field">
      <label htmlFor={id}>{words.context}</label>
      <select id={id} value={chosen} onChange={({ target }) => void chooseContext(download.key, Number(target.value))}>
        {[...lengths, most].map((length) => (
          <option key={length} value={length} label={words.contextOption(length, cacheBytesAt(download, length))}>
            {formatCount(length)}
          </option>
        ))}
      </select>
    </p>
  );
}

/** Of the models whose libraries let one choose. */
function Caches({ download }: { readonly download: Download }) {
  const halved = useHalfCaches(({ models }) => models);
  const models = download.plan?.models.filter(({ architecture }) => architecture?.halvesCache) ?? [];
  const [first] = models;
  if (!first) return null;
  const context = download.pair?.target.context ?? 0;
  return (
    <CacheChoice
      name={download.target.name}
      half={halved.includes(first.id)}
      bytesOf={(half) => cacheBytesAt(download, context, half)}
      onChoose={(half) => void chooseCaches(download.key, half)}
    />
  );
}
