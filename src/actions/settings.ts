import { settledDefaults } from '../store/engine/catalogue';
import { tell } from '../store/page/notice';
import { forgetNewer, useRemembered } from '../store/page/remembered';
import { areDefaults, resetSettings, SETTINGS_KEY, useSettings } from '../store/run/settings';
import type { Action } from './action';

/** All settings as a first visit has them; the prompt stays. */
export const resetAll: Action = {
  id: 'reset-settings',
  label: 'Reset settings',
  keys: [],
  when: () => !areDefaults(useSettings.getState(), settledDefaults()),
  perform: () => {
    const undo = resetSettings();
    tell('The settings are reset.', undo);
  },
};

/** Lets this version of the page remember its settings where a newer one has left its own. */
export const replaceNewerSettings: Action = {
  id: 'replace-newer-settings',
  label: 'Replace the newer settings',
  keys: [],
  when: () => useRemembered.getState().newer.includes(SETTINGS_KEY),
  perform: () => {
    const undo = forgetNewer(SETTINGS_KEY);
    tell('The settings of the newer version were replaced.', undo);
  },
};
