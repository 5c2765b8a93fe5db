import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { DEFAULT_RUN, GREEDY } from '../../core/settings';
import { LIMITS, type RunSettings, type SamplingSettings } from '../../core/types';
import { rememberedStorage } from '../page/remembered';

export type Mode = RunSettings['mode'];

export interface Settings {
  /** What is typed in the prompt box; not remembered. */
  readonly prompt: string;
  readonly mode: Mode;
  /** A draft's id in the manifest. */
  readonly draft: string;
  readonly drafting: Exclude<RunSettings['drafting'], 'person'>;
  /** Every round's draft as long as is expected to be fastest; else `gamma`. */
  readonly adaptive: boolean;
  /** As typed: NaN or outside `LIMITS` while a person edits; `checkSettings` judges it when a run starts. */
  readonly gamma: number;
  /** As typed, like `gamma`. */
  readonly maxTokens: number;
  /** As typed, like `gamma`. */
  readonly temperature: number;
  /** As typed, like `gamma`. */
  readonly seed: number;
  readonly rule: SamplingSettings['rule'];
  /** Whether the rarely used settings are open. */
  readonly allSettings: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  prompt: '',
  mode: 'speculative',
  draft: 'draft',
  drafting: 'model',
  adaptive: true,
  gamma: 4,
  maxTokens: 160,
  temperature: 0,
  seed: 1,
  rule: 'rejection',
  allSettings: false,
};

/** What a run is asked for by the settings as they are; `checkSettings` judges it. The page's runs bring candidates, for cards and steps. */
export function runSettings({ mode, drafting, adaptive, gamma, maxTokens, temperature, seed, rule }: Settings): RunSettings {
  return {
    ...DEFAULT_RUN,
    mode,
    drafting,
    gamma: adaptive ? 'auto' : gamma,
    maxTokens,
    candidates: true,
    sampling: { ...GREEDY, temperature, seed, rule },
  };
}

export const SETTINGS_KEY = 'foretoken.settings';
const STORAGE_VERSION = 1;

/** What is remembered between visits. A field that cannot be used gives way to its default, anything else as a whole. */
const StoredSettings = v.object({
  mode: v.fallback(v.picklist(['speculative', 'plain']), DEFAULT_SETTINGS.mode),
  draft: v.fallback(v.pipe(v.string(), v.minLength(1)), DEFAULT_SETTINGS.draft),
  drafting: v.fallback(v.picklist(['model', 'ngram', 'mixed']), DEFAULT_SETTINGS.drafting),
  adaptive: v.fallback(v.boolean(), DEFAULT_SETTINGS.adaptive),
  gamma: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(LIMITS.gamma.min), v.maxValue(LIMITS.gamma.max)), DEFAULT_SETTINGS.gamma),
  maxTokens: v.fallback(v.pipe(v.number(), v.safeInteger(), v.minValue(LIMITS.maxTokens.min)), DEFAULT_SETTINGS.maxTokens),
  temperature: v.fallback(v.pipe(v.number(), v.minValue(0), v.finite()), DEFAULT_SETTINGS.temperature),
  seed: v.fallback(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), DEFAULT_SETTINGS.seed),
  rule: v.fallback(v.picklist(['rejection', 'coupled']), DEFAULT_SETTINGS.rule),
  allSettings: v.fallback(v.boolean(), DEFAULT_SETTINGS.allSettings),
});

/** `stored` as the settings that are remembered; null if it is invalid. */
export function readSettings(stored: unknown): Omit<Settings, 'prompt'> | null {
  const parsed = v.safeParse(StoredSettings, stored);
  return parsed.success ? parsed.output : null;
}

/** A store of its own, since `persist` writes on every change and the run's store changes with every round. */
export const useSettings = create<Settings>()(
  persist(() => DEFAULT_SETTINGS, {
    name: SETTINGS_KEY,
    version: STORAGE_VERSION,
    storage: rememberedStorage(STORAGE_VERSION),
    partialize: ({ prompt: _, ...remembered }) => remembered,
    // Version 1 is the first; anything else was written by a program that is not known here.
    migrate: () => ({}),
    merge: (stored, current) => ({ ...current, ...readSettings(stored) }),
  }),
);

export function changeSettings(change: Partial<Settings>): void {
  useSettings.setState(change);
}

/** Whether `settings` are those of a first visit, whatever is typed in the prompt box and open on the page. */
export function areDefaults(settings: Settings): boolean {
  return FIELDS.every((field) => Object.is(settings[field], DEFAULT_SETTINGS[field]));
}

/** Takes all settings but the prompt back to those of a first visit. @returns a function that restores what they were */
export function resetSettings(): () => void {
  const { prompt: _, allSettings: __, ...before } = useSettings.getState();
  const { prompt: ___, allSettings: ____, ...defaults } = DEFAULT_SETTINGS;
  changeSettings(defaults);
  return () => changeSettings(before);
}

const FIELDS = (Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).filter((field) => field !== 'prompt' && field !== 'allSettings');
