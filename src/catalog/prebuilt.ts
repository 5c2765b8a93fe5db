/** web-llm's own list of published models: records in, models out, each with the quantisations in which it is there. */
import { familyOf, type Memory } from './families';
import { type ModelRecord, needsOf, requireKnown } from './records';

/** What web-llm's list says besides of a record (0.2.86). */
export interface PrebuiltRecord extends ModelRecord {
  /** Megabytes (10^6) of graphics memory for weights, cache and buffers, as MLC measured. */
  readonly vram_required_MB?: number;
  readonly low_resource_required?: boolean;
  /** Of the largest buffer, where WebGPU's default limit is too small. */
  readonly buffer_size_required_bytes?: number;
}

/** A published model in one quantisation. */
export interface PrebuiltVersion {
  /** As `q4f16_1`: bits of a weight, and the numbers that are computed with. */
  readonly quantisation: string;
  readonly record: PrebuiltRecord;
  /** The same files with a shorter context, for devices with little memory. */
  readonly small: PrebuiltRecord | null;
  /** WebGPU features that its library needs. */
  readonly needs: readonly string[];
  /** Bytes of graphics memory, as MLC measured; null: not told. */
  readonly memoryBytes: number | null;
}

export interface PrebuiltModel {
  /** Without its quantisation, as `Qwen3-0.6B`. */
  readonly name: string;
  /** Models of one family are expected to share a tokenizer. */
  readonly family: string;
  readonly memory: Memory;
  /** In the order of the list; one at least. */
  readonly versions: readonly [PrebuiltVersion, ...PrebuiltVersion[]];
}

/** Why a record is not offered. */
export type LeftOut = 'embedding' | 'vision' | 'unreadable';

export interface Prebuilt {
  readonly models: readonly PrebuiltModel[];
  readonly leftOut: readonly { readonly id: string; readonly why: LeftOut }[];
}

/** The list of the web-llm that is installed. Its module is large: call this where a model will be loaded, not where a page starts. */
export async function prebuiltRecords(): Promise<readonly PrebuiltRecord[]> {
  return (await import('@mlc-ai/web-llm')).prebuiltAppConfig.model_list;
}

/** `records` as models: those that write text, quantisations of one model together. */
export function prebuiltModels(records: readonly PrebuiltRecord[]): Prebuilt {
  const named = records.map((record) => ({ record, ...nameOf(record), why: whyLeftOut(record) }));
  const offered = named.filter(({ why }) => why === null);
  const names = [...new Set(offered.map(({ name }) => name))];
  const models = names.flatMap((name): PrebuiltModel[] => {
    const [first, ...others] = versionsOf(offered.filter((each) => each.name === name));
    if (!first) return [];
    const { name: family, memory } = familyOf(name);
    const recurrent = first.record.overrides?.max_history_size !== undefined;
    return [{ name, family, memory: recurrent ? 'recurrent' : memory, versions: [first, ...others] }];
  });
  return { models, leftOut: named.flatMap(({ record, why }) => (why === null ? [] : [{ id: record.model_id, why }])) };
}

/**
 * The version of `model` for a device: the least memory among those whose needs are all among `features`; null where no version fits. What computes in
 * half precision, and so needs shader-f16, takes least.
 */
export function versionFor({ versions }: PrebuiltModel, features: ReadonlySet<string>): PrebuiltVersion | null {
  const fitting = versions.filter(({ needs }) => needs.every((need) => features.has(need)));
  return fitting.toSorted((a, b) => (a.memoryBytes ?? Infinity) - (b.memoryBytes ?? Infinity))[0] ?? null;
}

interface Named {
  readonly record: PrebuiltRecord;
  readonly quantisation: string;
}

function versionsOf(records: readonly Named[]): PrebuiltVersion[] {
  const quantisations = [...new Set(records.map(({ quantisation }) => quantisation))];
  return quantisations.flatMap((quantisation) => {
    const same = records.filter((each) => each.quantisation === quantisation).map(({ record }) => record);
    const [record, ...shorter] = same.toSorted((a, b) => contextOf(b) - contextOf(a));
    if (!record) return [];
    const megabytes = record.vram_required_MB;
    const memoryBytes = megabytes === undefined ? null : Math.round(megabytes * 1e6);
    return [{ quantisation, record, small: shorter.at(-1) ?? null, needs: needsOf(record, quantisation), memoryBytes }];
  });
}

function contextOf({ overrides }: PrebuiltRecord): number {
  return Number(overrides?.context_window_size ?? Infinity);
}

/** NAME-QUANTISATION-MLC, with a -1k behind where the context is short. */
function nameOf({ model_id: id }: PrebuiltRecord): { readonly name: string; readonly quantisation: string } {
  const [, name = id, quantisation = ''] = /^(.+)-(q\d\w*)-MLC(?:-.+)?$/.exec(id) ?? [];
  return { name, quantisation };
}

function whyLeftOut(record: PrebuiltRecord): LeftOut | null {
  if (record.model_type === 1) return 'embedding';
  if (record.model_type === 2) return 'vision';
  try {
    requireKnown(record);
    return null;
  } catch {
    return 'unreadable';
  }
}
