/** What a person is told before anything large is fetched: how much comes, how much is here, and whether it will fit. */

import { ADDRESSED_BYTES } from '../core/bytes';
import { isStored, type RemoteFile } from '../storage/download';
import type { FileStorage } from '../storage/port';
import type { ShelvedFile } from '../storage/transfer';
import { type Architecture, architectureOf, cacheBytesOf } from './architecture';
import { bytesOf, type ModelSpec, modelsOf, type PairSpec } from './spec';
import { convertedForm, shelvedFiles } from './storedModels';

/** What models run on and are kept in; each null where it is not told. */
export interface Surroundings {
  /** What computes: the CPU runs models on libraries of ours alone, and each has as much memory as WebAssembly addresses. */
  readonly backend: 'webgpu' | 'cpu';
  /** Most bytes of an array that a kernel reads. */
  readonly bindingBytes: number | null;
  readonly memoryBytes: number | null;
  /** Bytes that can still be stored. */
  readonly roomBytes: number | null;
}

export interface ModelPlan {
  readonly id: string;
  /** That come over the network; what two models share counts for the first. */
  readonly fetchBytes: number;
  /** That are written: a library that is made of another here is larger than what comes for it. */
  readonly writeBytes: number;
  readonly hereBytes: number;
  /** Names of files that come and whose length nobody tells. */
  readonly unknown: readonly string[];
  /** Memory; null where the model's small files are not stored or do not say. */
  readonly memory: { readonly weights: number; readonly cache: number } | null;
  readonly architecture: Architecture | null;
}

/** Why a pair cannot be fetched or will not run: each with what is wanted and what there is. */
export type Obstacle =
  | { readonly what: 'feature'; readonly model: string; readonly missing: readonly string[] }
  | { readonly what: 'library'; readonly model: string }
  | { readonly what: 'array' | 'memory' | 'room'; readonly model: string | null; readonly wanted: number; readonly there: number };

export interface DownloadPlan {
  /** Of the target and, where it is a model of its own, the draft. */
  readonly models: readonly ModelPlan[];
  readonly fetchBytes: number;
  readonly writeBytes: number;
  readonly hereBytes: number;
  /** Of all models with their caches; null where one is not known. */
  readonly memoryBytes: number | null;
  readonly obstacles: readonly Obstacle[];
}

/**
 * The plan for `pair`, whose small files are stored. A model that drafts for itself has a second cache.
 *
 * @throws FailureError storage where nothing can be kept
 */
export async function planDownload(
  pair: PairSpec,
  storage: FileStorage,
  { backend, bindingBytes, memoryBytes, roomBytes }: Surroundings,
): Promise<DownloadPlan> {
  const specs = modelsOf(pair);
  const models: ModelPlan[] = [];
  const coming = new Set<string>();
  const caches = { count: pair.draft === 'itself' ? 2 : 1, states: specs.some(({ statesOf }) => statesOf !== undefined) };
  for (const model of specs) models.push(await planModel(model, caches, storage, coming));
  const writeBytes = sum(models.map((model) => model.writeBytes));
  const memories = models.map(({ memory }) => memory && memory.weights + memory.cache);
  const memory = memories.some((each) => each === null) ? null : sum(memories.map((each) => each ?? 0));
  const over = (what: 'array' | 'memory' | 'room', model: string | null, wanted: number | null, there: number | null): Obstacle[] => {
    return wanted !== null && there !== null && wanted > there ? [{ what, model, wanted, there }] : [];
  };
  const obstacles: Obstacle[] = [
    ...(backend === 'cpu'
      ? models.flatMap((model) => onCpu(model))
      : specs.flatMap(({ id, missing }): Obstacle[] => (missing.length > 0 ? [{ what: 'feature', model: id, missing }] : []))),
    ...models.flatMap(({ id, architecture }) => over('array', id, architecture?.largestBytes ?? null, bindingBytes)),
    ...over('memory', null, memory, memoryBytes),
    ...over('room', null, writeBytes, roomBytes),
  ];
  return {
    models,
    fetchBytes: sum(models.map((model) => model.fetchBytes)),
    writeBytes,
    hereBytes: sum(models.map((model) => model.hereBytes)),
    memoryBytes: memory,
    obstacles,
  };
}

/** What keeps a model from running on the CPU. */
function onCpu({ id, architecture, memory }: ModelPlan): Obstacle[] {
  if (architecture && !architecture.halvesCache) return [{ what: 'library', model: id }];
  const wanted = memory && memory.weights + memory.cache;
  return wanted !== null && wanted > ADDRESSED_BYTES ? [{ what: 'memory', model: id, wanted, there: ADDRESSED_BYTES }] : [];
}

/** @param coming places of what comes for the models before, to which this adds */
async function planModel(
  model: ModelSpec,
  caches: { readonly count: number; readonly states: boolean },
  storage: FileStorage,
  coming: Set<string>,
): Promise<ModelPlan> {
  const plan = { fetched: [] as RemoteFile[], made: [] as RemoteFile[], hereBytes: 0 };
  const converted = await convertedForm(model, storage);
  for (const each of shelvedFiles([converted ?? model])) await planFile(each, plan, storage, coming);
  const architecture = await architectureOf(model, storage);
  // What was fetched stays until all of it is converted.
  const convertedBytes = model.conversion && !converted ? (architecture?.weightBytes ?? 0) : 0;
  return {
    id: model.id,
    fetchBytes: bytesOf(plan.fetched),
    writeBytes: bytesOf([...plan.fetched, ...plan.made]) + convertedBytes,
    hereBytes: plan.hereBytes,
    unknown: plan.fetched.flatMap(({ name, bytes }) => (bytes === null ? [name] : [])),
    memory: architecture && {
      weights: architecture.weightBytes,
      cache: caches.count * cacheBytesOf(architecture, { tokens: model.context, half: model.halfCache === true, states: caches.states }),
    },
    architecture,
  };
}

/** Adds what `file` takes: its bytes that are here, or what comes for it. */
async function planFile(
  { shelf, file }: ShelvedFile,
  plan: { readonly fetched: RemoteFile[]; readonly made: RemoteFile[]; hereBytes: number },
  storage: FileStorage,
  coming: Set<string>,
): Promise<void> {
  const kept = await storage.open(shelf);
  if (await isStored(kept, file)) {
    plan.hereBytes += (await kept.about(file.place))?.bytes ?? 0;
    return;
  }
  if (coming.has(file.place)) return;
  coming.add(file.place);
  if (!file.from) {
    plan.fetched.push(file);
    return;
  }
  plan.made.push(file);
  for (const part of [file.from.base, file.from.delta]) await planFile({ shelf, file: part }, plan, storage, coming);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
