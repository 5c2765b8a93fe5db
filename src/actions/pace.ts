import { racePlayer, shownHeat, useRace } from '../store/modes/race';
import { readAddress } from '../store/page/address';
import { player } from '../store/recordings/playback';
import { PACES, type Pace, type Player } from '../store/recordings/player';
import { endSlowReplay, useSlowReplay } from '../store/recordings/slowReplay';
import { useRun } from '../store/run/run';
import type { Action } from './action';

/** What is played in the view that is shown; null if nothing is. */
function shownPlayer(): (Player & { readonly ended: boolean }) | null {
  const view = readAddress(location.hash).view ?? 'watch';
  if (view === 'race') {
    const { activity } = useRace.getState();
    const shown = Object.values(shownHeat(useRace.getState()).runs).some((events) => events.length > 0);
    return shown && activity === 'idle' ? { ...racePlayer, ended: true } : null;
  }
  const { events } = useRun.getState();
  if ((view !== 'watch' && view !== 'present') || events.length === 0) return null;
  return { ...player, ended: events.at(-1)?.type === 'end' };
}

/** The pace next to that which is chosen; undefined at the last one. PACES begins with the fastest. */
function nextPace(direction: 'slower' | 'faster'): Pace | undefined {
  const shown = shownPlayer();
  return shown ? PACES[PACES.indexOf(shown.use.getState().pace) + (direction === 'slower' ? 1 : -1)] : undefined;
}

/** What stands at its end is shown again at the new pace: it would change nothing that can be seen. */
function choose(direction: 'slower' | 'faster'): void {
  const shown = shownPlayer();
  const pace = nextPace(direction);
  if (!shown || pace === undefined) return;
  shown.setPace(pace);
  if (shown.ended && shown.use.getState().atMs === null) shown.playFromStart();
}

/** @param last why, where there is something to replay */
const whyNoPace = (last: string) => (shownPlayer() ? last : 'There is nothing to replay here.');

export const slower: Action = {
  id: 'pace-slower',
  label: 'Slower',
  keys: ['<'],
  when: () => nextPace('slower') !== undefined,
  whyNot: () => whyNoPace('This is the slowest pace.'),
  perform: () => choose('slower'),
};

export const faster: Action = {
  id: 'pace-faster',
  label: 'Faster',
  keys: ['>'],
  when: () => nextPace('faster') !== undefined,
  whyNot: () => whyNoPace('This is the fastest pace.'),
  perform: () => choose('faster'),
};

/** Ends the replay that the page began by itself. */
export const showWhole: Action = {
  id: 'show-whole',
  label: 'Show it whole',
  keys: ['Escape'],
  when: () => useSlowReplay.getState().tookMs !== null,
  perform: endSlowReplay,
};

export const PACE_ACTIONS: readonly Action[] = [slower, faster, showWhole];
