import { useSyncExternalStore } from 'react';
import { useCalibration } from '../store/engine/calibration';
import { useCatalogue } from '../store/engine/catalogue';
import { useLoading } from '../store/engine/loading';
import { useWork } from '../store/engine/work';
import { useBeTheDraft } from '../store/modes/beTheDraft';
import { useConversation } from '../store/modes/conversation';
import { useExperiment } from '../store/modes/experiment';
import { useProof } from '../store/modes/proof';
import { useRace } from '../store/modes/race';
import { useOffline } from '../store/offline/offline';
import { useShell } from '../store/offline/shell';
import { useNotice } from '../store/page/notice';
import { useRemembered } from '../store/page/remembered';
import { useTheme } from '../store/page/theme';
import { usePlaylist } from '../store/present/playlist';
import { usePresenter } from '../store/present/presenter';
import { useHistory } from '../store/recordings/history';
import { useSlowReplay } from '../store/recordings/slowReplay';
import { useStepper } from '../store/recordings/stepper';
import { useRun } from '../store/run/run';
import { useSettings } from '../store/run/settings';
import { useTyped } from '../store/run/typed';
import type { Action } from './action';

/** Whatever an action's `when` looks at. */
const STORES = [
  useCalibration,
  useCatalogue,
  useConversation,
  useExperiment,
  useBeTheDraft,
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
  useTyped,
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
