/** What a person is told before anything large is fetched: how much comes, how much is here, and whether it will fit. */

import { isStored } from '../storage/download';
import type { FileStorage } from '../storage/port';
import { type Architecture, architectureOf, cacheBytesOf } from './architecture';
import { bytesOf, type ModelSpec, modelsOf, type PairSpec } from './spec';
import { shelvedFiles } from './storedModels';

/** What models run on and are kept in; each null where it is not told. */
export interface Surroundings {
  /** Most bytes of an array that a kernel reads. */
  readonly bindingBytes: number | null;
  readonly memoryBytes: number | null;
  /** Bytes that can still be stored. */
  readonly roomBytes: number | null;
}

export interface ModelPlan {
  readonly id: string;
  readonly fetchBytes: number;
  readonly hereBytes: number;
  /** Names of files that come and whose length nobody tells. */
  readonly unknown: readonly string[];
  /** Graphics memory; null where the model's small files are not stored or do not say. */
  readonly memory: { readonly weights: number; readonly cache: number } | null;
  readonly architecture: Architecture | null;
}

/** Why a pair cannot be fetched or will not run: each with what is wanted and what there is. */
export type Obstacle =
  | { readonly what: 'feature'; readonly model: string; readonly missing: readonly string[] }
  | { readonly what: 'array' | 'memory' | 'room'; readonly model: string | null; readonly wanted: number; readonly there: number };

export interface DownloadPlan {
  /** Of the target and, where it is a model of its own, the draft. */
  readonly models: readonly ModelPlan[];
  readonly fetchBytes: number;
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
  { bindingBytes, memoryBytes, roomBytes }: Surroundings,
): Promise<DownloadPlan> {
  const specs = modelsOf(pair);
  const models = await Promise.all(specs.map((model) => planModel(model, pair.draft === 'itself' ? 2 : 1, storage)));
  const fetchBytes = sum(models.map((model) => model.fetchBytes));
  const memories = models.map(({ memory }) => memory && memory.weights + memory.cache);
  const memory = memories.some((each) => each === null) ? null : sum(memories.map((each) => each ?? 0));
  const over = (what: 'array' | 'memory' | 'room', model: string | null, wanted: number | null, there: number | null): Obstacle[] => {
    return wanted !== null && there !== null && wanted > there ? [{ what, model, wanted, there }] : [];
  };
  const obstacles: Obstacle[] = [
    ...specs.flatMap(({ id, missing }): Obstacle[] => (missing.length > 0 ? [{ what: 'feature', model: id, missing }] : [])),
    ...models.flatMap(({ id, architecture }) => over('array', id, architecture?.largestBytes ?? null, bindingBytes)),
    ...over('memory', null, memory, memoryBytes),
    ...over('room', null, fetchBytes, roomBytes),
  ];
  return { models, fetchBytes, hereBytes: sum(models.map((model) => model.hereBytes)), memoryBytes: memory, obstacles };
}

async function planModel(model: ModelSpec, caches: number, storage: FileStorage): Promise<ModelPlan> {
  const files = shelvedFiles([model]);
  const stored = await Promise.all(files.map(async ({ shelf, file }) => isStored(await storage.open(shelf), file)));
  const lengths = await Promise.all(
    files.map(async ({ shelf, file }, index) => (stored[index] ? ((await (await storage.open(shelf)).about(file.place))?.bytes ?? 0) : 0)),
  );
  const coming = files.flatMap(({ file }, index) => (stored[index] ? [] : [file]));
  const architecture = await architectureOf(model, storage);
  return {
    id: model.id,
    fetchBytes: bytesOf(coming),
    hereBytes: sum(lengths),
    unknown: coming.flatMap(({ name, bytes }) => (bytes === null ? [name] : [])),
    memory: architecture && { weights: architecture.weightBytes, cache: caches * cacheBytesOf(architecture, model.context) },
    architecture,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
