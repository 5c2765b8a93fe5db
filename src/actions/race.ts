import { LANES } from '../core/modes/race';
import { moveByPass, raceLastRuns, racePlayer, shownHeat, startRace, useRace } from '../store/modes/race';
import { useRun } from '../store/run/run';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

/** Whether there is something to replay. */
function isShown(): boolean {
  const state = useRace.getState();
  return state.activity === 'idle' && LANES.some((lane) => shownHeat(state).runs[lane].length > 0);
}

const whyNoReplay = () => (useRace.getState().activity === 'idle' ? 'There is no race to replay yet.' : 'The replay comes after the race.');

/** Measures the prompt both ways and replays both together. */
export const race: Action = {
  ...{ id: 'race', label: 'Race', keys: ['Mod+Enter'], view: 'race' },
  ...{ when: isIdle, whyNot: whyBusy, perform: startRace },
};

export const playRace: Action = {
  id: 'race-play',
  label: 'Play or pause the race',
  keys: ['p'],
  view: 'race',
  when: isShown,
  whyNot: whyNoReplay,
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
  step('race-start', 'To the start', 'Home', () => racePlayer.seek(0)),
  step('race-back', 'Pass before', 'ArrowLeft', () => moveByPass(-1)),
  step('race-forward', 'Next pass', 'ArrowRight', () => moveByPass(1)),
];

function step(id: string, label: string, key: string, perform: () => void): Action {
  return { id, label, keys: [key], view: 'race', when: isShown, whyNot: whyNoReplay, perform };
}
