import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { RUN, SAMPLING } from '../../core/declaredSettings';
import { DEFAULT_RUN, GREEDY } from '../../core/settings';
import type { RunSettings } from '../../core/types';
import {
  type ChosenDrafting,
  DEFAULT_PREPARED,
  draftingsSchema,
  PREPARED_NAMES,
  type PreparedSettings,
  rememberedSchema,
} from '../../formats/settings';
import { rememberedStorage } from '../page/remembered';

export interface Settings extends PreparedSettings {
  /** What is typed in the prompt box; not remembered. */
  readonly prompt: string;
  /** Whether the rarely used settings are open. */
  readonly allSettings: boolean;
  /** What drafted for targets that were chosen before, by their ids. */
  readonly draftings: Readonly<Record<string, ChosenDrafting>>;
}

export const DEFAULT_SETTINGS: Settings = { prompt: '', allSettings: false, draftings: {}, ...DEFAULT_PREPARED };

/** Those of `settings` that a prepared run is set to. */
export function prepared(settings: Settings): PreparedSettings {
  const { prompt: _, allSettings: __, draftings: ___, ...others } = settings;
  return others;
}

/** What a run is asked for by the settings as they are; `checkSettings` judges it. The page's runs bring candidates, for cards and steps. */
export function runSettings(settings: Settings): RunSettings {
  return {
    ...DEFAULT_RUN,
    ...sharedWith(RUN, settings),
    gamma: settings.adaptive ? 'auto' : settings.gamma,
    candidates: true,
    sampling: { ...GREEDY, ...sharedWith(SAMPLING, settings) },
  };
}

/** Those of `settings` that a run has under the same names. */
function sharedWith<Name extends string>(
  declared: Readonly<Record<Name, unknown>>,
  settings: Settings,
): Pick<Settings, Name & keyof Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in declared)) as Pick<Settings, Name & keyof Settings>;
}

export const SETTINGS_KEY = 'foretoken.settings';
const STORAGE_VERSION = 1;

/** What is remembered between visits. */
const StoredSettings = v.intersect([
  rememberedSchema,
  v.object({ allSettings: v.fallback(v.boolean(), DEFAULT_SETTINGS.allSettings), draftings: draftingsSchema }),
]);

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

/** What choosing the target `id` changes: with what drafted for it last, or by default. */
export function targetChange({ target, draft, drafting, draftings }: Settings, id: string): Partial<Settings> {
  const { draft: first, drafting: usual } = DEFAULT_PREPARED;
  return {
    target: id,
    ...(draftings[id] ?? { draft: first, drafting: usual }),
    draftings: { ...draftings, [target]: { draft, drafting } },
  };
}

/** Whether `settings` are those of a first visit, which has `defaults`, whatever is typed in the prompt box and open on the page. */
export function areDefaults(settings: PreparedSettings, defaults: PreparedSettings): boolean {
  return PREPARED_NAMES.every((name) => Object.is(settings[name], defaults[name]));
}

/** Takes all settings but the prompt back to those of a first visit. @returns a function that restores what they were */
export function resetSettings(): () => void {
  const { prompt: _, allSettings: __, ...before } = useSettings.getState();
  changeSettings({ ...DEFAULT_PREPARED, draftings: {} });
  return () => changeSettings(before);
}
