import * as v from 'valibot';
import {
  choice,
  defaultsOf,
  fits,
  LIMITS,
  number,
  onOff,
  type PlainNames,
  type PlainSetting,
  RUN,
  rangeOf,
  SAMPLING,
  type Setting,
  type ValuesOf,
} from '../core/declaredSettings';

/**
 * What the page lets a person set, with the values of a first visit. A prepared run of a playlist has them too, and so has what is remembered
 * between visits.
 */
export const PAGE_SETTINGS = {
  mode: RUN.mode,
  /** A person drafts in a view of its own. */
  drafting: choice<'model' | 'ngram' | 'mixed'>({ ...RUN.drafting, values: ['model', 'ngram', 'mixed'], default: 'model' }),
  /** Every round's draft as long as is expected to be fastest, which may be none; otherwise `gamma`, as the page is there to show drafts. */
  adaptive: onOff({ name: 'Draft length', default: false, decides: 'drafts' }),
  gamma: number({ name: RUN.gamma.name, default: 4, decides: 'drafts', whole: true, ...LIMITS.gamma }),
  maxTokens: { ...RUN.maxTokens, default: 160 },
  temperature: SAMPLING.temperature,
  seed: number({ name: SAMPLING.seed.name, default: 1, decides: 'text', whole: true, min: 0 }),
  rule: SAMPLING.rule,
};

/** What computes, in this browser: what is faster (`engine/pairs.ts` says how that is known), WebGPU where there is such, or the CPU in any case. */
export const BACKEND = choice<'auto' | 'webgpu' | 'cpu'>({
  ...{ name: 'Computed by', default: 'auto', decides: 'report', values: ['auto', 'webgpu', 'cpu'] },
});
export type BackendChoice = (typeof BACKEND)['values'][number];

/** What stands for a target where its id is not known: the first one that the page has. */
export const FIRST_TARGET = 'first';

/** What stands for a draft where its id is not known: the target's first one, or the one that is meant to be wrong often. */
export const FIRST_DRAFT = 'first';
export const WEAK_DRAFT = 'weak';

/** A target's id or `FIRST_TARGET`; a draft's id, `FIRST_DRAFT` or `WEAK_DRAFT`. */
export type PreparedSettings = ValuesOf<typeof PAGE_SETTINGS> & { readonly target: string; readonly draft: string };

/** What drafts for a target. */
export type ChosenDrafting = Pick<PreparedSettings, 'draft' | 'drafting'>;

export const DEFAULT_PREPARED: PreparedSettings = { ...defaultsOf(PAGE_SETTINGS), target: FIRST_TARGET, draft: FIRST_DRAFT };

/** The names of what a prepared run is set to, in the order in which they are told. */
export const PREPARED_NAMES = [
  'mode',
  'target',
  'draft',
  ...(Object.keys(PAGE_SETTINGS) as (keyof typeof PAGE_SETTINGS)[]).filter((name) => name !== 'mode'),
] as const;

/** What each of `settings` is called. */
export function namesOf<Name extends string>(settings: Readonly<Record<Name, Setting>>): Readonly<Record<Name, string>> {
  return Object.fromEntries(Object.entries<Setting>(settings).map(([field, { name }]) => [field, name])) as Record<Name, string>;
}

const model = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** Prepared settings as a file has them: every one must be right. Files that are older than the choice of a target mean the first. */
export const preparedSchema: v.GenericSchema<unknown, PreparedSettings> = v.object({
  ...schemasOf(PAGE_SETTINGS, exactly),
  target: v.optional(model, FIRST_TARGET),
  draft: model,
});

/** The same as a browser kept them: one that cannot be used gives way to its default. */
export const rememberedSchema: v.GenericSchema<unknown, PreparedSettings> = v.object({
  ...schemasOf(PAGE_SETTINGS, (setting) => v.fallback(exactly(setting), setting.default)),
  target: v.fallback(model, DEFAULT_PREPARED.target),
  draft: v.fallback(model, DEFAULT_PREPARED.draft),
});

/** By the ids of targets, what drafted for each; what cannot be read is as none. */
export const draftingsSchema: v.GenericSchema<unknown, Readonly<Record<string, ChosenDrafting>>> = v.fallback(
  v.record(model, v.object({ draft: model, drafting: v.picklist(PAGE_SETTINGS.drafting.values) })),
  {},
);

/** @returns a schema for every plain setting of `settings`, made by `of` */
export function schemasOf<Settings extends Readonly<Record<string, Setting>>>(
  settings: Settings,
  of: (setting: PlainSetting) => v.GenericSchema<unknown, PlainSetting['default']>,
): { readonly [Name in PlainNames<Settings>]: v.GenericSchema<unknown, ValuesOf<Settings>[Name]> } {
  const plain = Object.entries(settings).flatMap(([name, setting]) => (setting.kind === 'other' ? [] : [[name, of(setting)] as const]));
  return Object.fromEntries(plain) as never;
}

/** A value of `setting`, and nothing else. */
export function exactly(setting: PlainSetting): v.GenericSchema<unknown, PlainSetting['default']> {
  return v.custom<PlainSetting['default']>((value) => fits(setting, value), `choose ${rangeOf(setting)}`);
}

/** A value of the kind of `setting`, in its range or not: a trace's settings are checked as a whole (`checkSettings`). */
export function ofItsKind(setting: PlainSetting): v.GenericSchema<unknown, PlainSetting['default']> {
  const schema = setting.kind === 'number' ? v.number() : exactly(setting);
  return setting.younger ? v.optional(schema, setting.default) : schema;
}
