import { create } from 'zustand';
import type { PreparedSettings } from '../../formats/settings';
import { changeSettings } from './settings';

export type SettingName = keyof PreparedSettings;
/** One of a run, or of this browser. */
export type AnySetting = SettingName | 'backend' | 'caches' | 'mirror';

/** The setting that a person looked for elsewhere; it, or what is nearest to it, takes the focus as soon as it is there. */
export const useChosenSetting = create<{ readonly name: AnySetting | null }>()(() => ({ name: null }));

/** The view that has the setting `name`. */
export function viewOf(name: AnySetting): 'watch' | 'models' {
  return name === 'caches' || name === 'mirror' ? 'models' : 'watch';
}

/** Leads to the setting `name`, once `viewOf(name)` is shown. */
export function chooseSetting(name: AnySetting): void {
  if (viewOf(name) === 'watch') changeSettings({ allSettings: true });
  useChosenSetting.setState({ name });
}

/** It, or what is nearest to it, has the focus. */
export function forgetChosenSetting(): void {
  useChosenSetting.setState({ name: null });
}
