import { protectStorage, showOfflinePanel, useOffline } from '../store/offline/offline';
import { applyUpdate, lookForUpdate, useShell } from '../store/offline/shell';
import type { Action } from './action';
import { isIdle } from './busy';

export const showOffline: Action = {
  id: 'offline',
  label: 'Offline and storage',
  keys: [],
  when: () => !useOffline.getState().panel,
  perform: showOfflinePanel,
};

/** Reloads the page from the waiting version; never while the models are busy. */
export const update: Action = {
  id: 'update',
  label: 'Update now',
  keys: [],
  when: () => ['waiting', 'elsewhere'].includes(useShell.getState().update) && isIdle(),
  perform: applyUpdate,
};

export const lookForNewer: Action = {
  id: 'look-for-update',
  label: 'Check for a newer version',
  keys: [],
  when: () => useShell.getState().shell === 'stored' && useShell.getState().update === 'none',
  perform: lookForUpdate,
};

export const protect: Action = {
  id: 'protect-storage',
  label: 'Protect it',
  keys: [],
  when: () => useOffline.getState().protected === false,
  perform: protectStorage,
};

/** What a person can do about the page without a network. */
export const OFFLINE_ACTIONS: readonly Action[] = [showOffline, update, lookForNewer, protect];
