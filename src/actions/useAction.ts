import { useSyncExternalStore } from 'react';
import { useCalibration } from '../store/calibration';
import { useConversation } from '../store/conversation';
import { useExperiment } from '../store/experiment';
import { useGuessing } from '../store/guessing';
import { useHistory } from '../store/history';
import { useLoading } from '../store/loading';
import { useNotice } from '../store/notice';
import { useOffline } from '../store/offline';
import { usePlaylist } from '../store/playlist';
import { usePresenter } from '../store/presenter';
import { useProof } from '../store/proof';
import { useRace } from '../store/race';
import { useRemembered } from '../store/remembered';
import { useRun } from '../store/run';
import { useSettings } from '../store/settings';
import { useShell } from '../store/shell';
import { useSlowReplay } from '../store/slowReplay';
import { useStepper } from '../store/stepper';
import { useTheme } from '../store/theme';
import { useWork } from '../store/work';
import type { Action } from './action';

/** Whatever an action's `when` looks at. */
const STORES = [
  useCalibration,
  useConversation,
  useExperiment,
  useGuessing,
  useHistory,
  useLoading,
  useNotice,
  useOffline,
  usePlaylist,
  usePresenter,
  useProof,
  useRace,
  useRemembered,
  useRun,
  useSettings,
  useShell,
  useSlowReplay,
  useStepper,
  useTheme,
  useWork,
];

/** Whether `action` can be done now, kept true while a component shows it. */
export function useCanPerform(action: Action): boolean {
  return useSyncExternalStore(subscribe, action.when);
}

function subscribe(changed: () => void): () => void {
  const leave = STORES.map((store) => store.subscribe(changed));
  return () => {
    for (const unsubscribe of leave) unsubscribe();
  };
}
