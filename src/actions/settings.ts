import { settledDefaults } from '../store/engine/catalogue';
import { sayWhyNot, tell } from '../store/page/notice';
import { forgetNewer, useRemembered } from '../store/page/remembered';
import { areDefaults, resetSettings, SETTINGS_KEY, useSettings } from '../store/run/settings';
import { clearTyped, useTyped } from '../store/run/typed';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

/** All settings as a first visit has them; the prompt stays. */
export const resetAll: Action = {
  id: 'reset-settings',
  label: 'Reset settings',
  keys: [],
  // The target is one of them, which stays while the models are at work.
  when: () => isIdle() && !(areDefaults(useSettings.getState(), settledDefaults()) && useTyped.getState().wrong.length === 0),
  whyNot: () => whyBusy() || 'All settings are those of a first visit.',
  perform: () => {
    clearTyped();
    tellReset(resetSettings());
  },
};

function tellReset(restore: () => void): void {
  const undo = () => {
    if (isIdle()) return restore();
    tell('The settings are reset.', undo);
    sayWhyNot(whyBusy());
  };
  tell('The settings are reset.', undo);
}

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
