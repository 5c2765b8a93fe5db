import { LANES } from '../core/modes/race';
import { useWork } from '../store/engine/work';
import { moveByPass, raceLastRuns, racePlayer, shownHeat, startRace, useRace } from '../store/modes/race';
import { useRun } from '../store/run/run';
import type { Action } from './action';

const isIdle = () => useWork.getState().current === null;

/** Whether there is something to replay. */
function isShown(): boolean {
  const state = useRace.getState();
  return state.activity === 'idle' && LANES.some((lane) => shownHeat(state).runs[lane].length > 0);
}

/** Measures the prompt both ways and replays both together. */
export const race: Action = { id: 'race', label: 'Race', keys: ['Mod+Enter'], view: 'race', when: isIdle, perform: startRace };

export const playRace: Action = {
  id: 'race-play',
  label: 'Play or pause the race',
  keys: ['p'],
  view: 'race',
  when: isShown,
  perform: () => (racePlayer.use.getState().playing ? racePlayer.pause() : racePlayer.resume()),
};

/** Replays the last run of each mode that was made elsewhere on the page. */
export const raceLast: Action = {
  id: 'race-last',
  label: 'Race the last two runs',
  keys: [],
  view: 'race',
  when: () => isIdle() && Object.values(useRun.getState().last).every((events) => events !== null),
  perform: raceLastRuns,
};

/** The ways through the replay. */
export const RACE_STEPS: readonly Action[] = [
  { id: 'race-start', label: 'To the start', keys: ['Home'], view: 'race', when: isShown, perform: () => racePlayer.seek(0) },
  { id: 'race-back', label: 'Pass before', keys: ['ArrowLeft'], view: 'race', when: isShown, perform: () => moveByPass(-1) },
  { id: 'race-forward', label: 'Next pass', keys: ['ArrowRight'], view: 'race', when: isShown, perform: () => moveByPass(1) },
];
