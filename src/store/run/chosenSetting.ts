import { create } from 'zustand';
import type { PreparedSettings } from '../../formats/settings';
import { changeSettings } from './settings';

export type SettingName = keyof PreparedSettings;
/** One of a run, or of this browser. */
export type AnySetting = SettingName | 'backend' | 'caches' | 'mirror';

/** The setting that a person looked for elsewhere; it takes the focus as soon as it is there. */
export const useChosenSetting = create<{ readonly name: AnySetting | null }>()(() => ({ name: null }));

export function chooseSetting(name: AnySetting): void {
  changeSettings({ allSettings: true });
  useChosenSetting.setState({ name });
}

/** It has the focus. */
export function forgetChosenSetting(): void {
  useChosenSetting.setState({ name: null });
}
