import { create } from 'zustand';
import { changeSettings, type Settings } from './settings';

export type SettingName = Exclude<keyof Settings, 'prompt' | 'allSettings'>;

/** The setting that a person looked for elsewhere; it takes the focus as soon as it is there. */
export const useChosenSetting = create<{ readonly name: SettingName | null }>()(() => ({ name: null }));

export function chooseSetting(name: SettingName): void {
  changeSettings({ allSettings: true });
  useChosenSetting.setState({ name });
}

/** It has the focus. */
export function forgetChosenSetting(): void {
  useChosenSetting.setState({ name: null });
}
