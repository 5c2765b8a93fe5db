import { readAddress } from '../store/page/address';
import { addRun, addTrace, importPlaylist, playlistFile, restoreDefault, usePlaylist } from '../store/present/playlist';
import {
  changeScale,
  leavePresenting,
  nextItem,
  presentedItem,
  previousItem,
  SCALES,
  startItem,
  startPresenting,
  toggleBlank,
  toggleLook,
  usePresenter,
} from '../store/present/presenter';
import { openNotes } from '../store/present/speakerNotes';
import { chooseFile, saveFile } from '../store/recordings/saveFile';
import { canShare } from '../store/recordings/share';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';
import { measureAllClaims } from './claims';
import { ask } from './conversation';
import { startExperiment } from './experiment';
import { faster, slower } from './pace';
import { compareOutputs } from './proof';
import { playRace, RACE_STEPS, race } from './race';
import { STEP_ACTIONS } from './step';

const VIEW_RUNS: readonly Action[] = [race, ask, compareOutputs, startExperiment, measureAllClaims];

const presents = () => usePresenter.getState().at !== null;

/** Whether a run is presented, on a stage of its own. */
function isRun(): boolean {
  const kind = presents() ? presentedItem()?.kind : undefined;
  return kind === 'run' || kind === 'recording' || kind === 'trace';
}

/** What a view that is presented has to run. */
function ofView(): Action | undefined {
  const item = presents() ? presentedItem() : null;
  return item?.kind === 'view' ? VIEW_RUNS.find(({ view }) => view === item.view) : undefined;
}

export const present: Action = {
  id: 'present',
  label: 'Present',
  keys: ['Mod+Enter'],
  view: 'present',
  when: () => !presents() && usePlaylist.getState().items.length > 0,
  whyNot: () => (presents() ? '' : 'The playlist is empty.'),
  perform: () => startPresenting(),
};

export const nextOnPlaylist: Action = {
  id: 'present-next',
  label: 'Next on the playlist',
  keys: ['PageDown', 'n', 'ArrowRight'],
  when: () => presents() && (usePresenter.getState().at ?? 0) < usePlaylist.getState().items.length - 1,
  whyNot: () => (presents() ? 'This is the last one.' : ''),
  perform: nextItem,
};

export const previousOnPlaylist: Action = {
  id: 'present-previous',
  label: 'Back on the playlist',
  keys: ['PageUp', 'p', 'ArrowLeft'],
  when: () => presents() && (usePresenter.getState().at ?? 0) > 0,
  whyNot: () => (presents() ? 'This is the first one.' : ''),
  perform: previousItem,
};

/** Runs what is prepared, or plays the recording; in a view, what it runs. */
export const startPresented: Action = {
  id: 'present-start',
  label: 'Run or play it',
  keys: ['r', 'Mod+Enter'],
  when: () => (isRun() && isIdle()) || (ofView()?.when() ?? false),
  whyNot: () => {
    if (!presents()) return '';
    if (!isIdle()) return whyBusy();
    return presentedItem()?.kind === 'lesson' ? 'A lesson runs nothing by itself.' : 'This view runs nothing by itself.';
  },
  perform: () => ofView()?.perform() ?? startItem(),
};

export const switchLook: Action = {
  id: 'present-look',
  label: 'Whole or step by step',
  keys: ['s'],
  when: isRun,
  whyNot: () => (presents() ? 'Only a run can be looked at step by step.' : ''),
  perform: toggleLook,
};

export const blank: Action = { id: 'present-blank', label: 'Dark or back', keys: ['b', '.'], when: presents, perform: toggleBlank };

export const larger: Action = {
  id: 'present-larger',
  label: 'Larger',
  keys: ['+'],
  when: () => presents() && usePresenter.getState().scale !== SCALES.at(-1),
  whyNot: () => (presents() ? 'It is as large as it gets.' : ''),
  perform: () => changeScale(1),
};

export const smaller: Action = {
  id: 'present-smaller',
  label: 'Smaller',
  keys: ['-'],
  when: () => presents() && usePresenter.getState().scale !== SCALES[0],
  whyNot: () => (presents() ? 'It is as small as it gets.' : ''),
  perform: () => changeScale(-1),
};

export const fullScreen: Action = {
  id: 'present-full-screen',
  label: 'Full screen or not',
  keys: ['f'],
  when: presents,
  perform: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
};

/** A window for the speaker's own screen; lessons and views that are presented stand in views of their own. */
export const notesWindow: Action = {
  id: 'present-notes',
  label: 'Notes window',
  keys: ['w'],
  when: () => presents() || readAddress(location.hash).view === 'present',
  perform: openNotes,
};

export const endPresenting: Action = {
  id: 'present-end',
  label: 'End the presentation',
  keys: ['Escape'],
  when: () => presents() && isIdle(),
  perform: leavePresenting,
};

/** The ways through a run that is presented step by step; the arrows stay with it at its ends too. */
export const STAGE_STEP_ACTIONS: readonly Action[] = STEP_ACTIONS.map((action) => ({
  ...action,
  id: `present-${action.id}`,
  view: 'present',
  when: () => isRun() && usePresenter.getState().look === 'step',
  whyNot: () => '',
}));

/** In the order in which they are offered; before others, whose keys they take while something is presented. */
export const STAGE_ACTIONS: readonly Action[] = [
  ...[previousOnPlaylist, nextOnPlaylist, startPresented, switchLook],
  ...[smaller, larger, blank, fullScreen, notesWindow, endPresenting],
];

/** What the window with the notes can do too, by the same keys; a window cannot be opened or made full from another one. */
export const NOTES_ACTIONS: readonly Action[] = [...STAGE_STEP_ACTIONS, playRace, ...RACE_STEPS, slower, faster, ...STAGE_ACTIONS].filter(
  (action) => action !== notesWindow && action !== fullScreen,
);

export const addCurrentRun: Action = {
  id: 'playlist-add-run',
  label: 'Add the prompt, to run live',
  keys: [],
  when: () => true,
  perform: addRun,
};

export const addCurrentTrace: Action = {
  id: 'playlist-add-trace',
  label: 'Add the run on the page, as recorded',
  keys: [],
  when: canShare,
  perform: addTrace,
};

export const savePlaylist: Action = {
  id: 'playlist-save',
  label: 'Save the playlist as a file',
  keys: [],
  when: () => usePlaylist.getState().items.length > 0,
  perform: () => {
    const { name, text } = playlistFile();
    saveFile(name, text);
  },
};

export const openPlaylist: Action = {
  id: 'playlist-open',
  label: 'Open a playlist',
  keys: [],
  when: () => !presents(),
  perform: async () => {
    const file = await chooseFile('.json,application/json');
    if (file) await importPlaylist(file);
  },
};

export const defaultPlaylist: Action = {
  id: 'playlist-default',
  label: 'The lecture that comes with the page',
  keys: [],
  when: () => !presents(),
  perform: restoreDefault,
};

export const PLAYLIST_ACTIONS: readonly Action[] = [addCurrentRun, addCurrentTrace, savePlaylist, openPlaylist, defaultPlaylist];
