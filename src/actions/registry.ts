import { readAddress } from '../store/page/address';
import type { Action } from './action';
import { judgeTyped, pass, play } from './beTheDraft';
import { measureAllClaims } from './claims';
import { ask, askLastAgain, clearConversation, leaveOut } from './conversation';
import { copyText } from './copyText';
import { runCounterpart } from './counterpart';
import { startExperiment } from './experiment';
import { exportRunCsv } from './exportRun';
import { exportWorksheetCsv, exportWorksheetJson } from './exportWorksheet';
import { HISTORY_ACTIONS } from './history';
import { loadAgain } from './loadAgain';
import { measureCosts } from './measureCosts';
import { models, openModel } from './models';
import { OFFLINE_ACTIONS } from './offline';
import { PACE_ACTIONS } from './pace';
import { search, showKeys } from './palette';
import { PLAYLIST_ACTIONS, present, STAGE_ACTIONS, STAGE_STEP_ACTIONS } from './present';
import { PROGRESS_ACTIONS } from './progress';
import { focusPrompt } from './prompt';
import { compareOutputs, showWrongRule } from './proof';
import { playRace, RACE_STEPS, race, raceLast } from './race';
import { recordings } from './recordings';
import { run } from './run';
import { replaceNewerSettings, resetAll } from './settings';
import { openTrace, saveTrace, share } from './share';
import { STEP_ACTIONS } from './step';
import { stop } from './stop';
import { THEME_ACTIONS } from './theme';
import { undo } from './undo';

export const ACTIONS: readonly Action[] = [
  stop,
  ...STAGE_STEP_ACTIONS,
  ...STAGE_ACTIONS,
  present,
  ask,
  judgeTyped,
  play,
  compareOutputs,
  startExperiment,
  measureAllClaims,
  race,
  run,
  focusPrompt,
  runCounterpart,
  copyText,
  share,
  saveTrace,
  openTrace,
  recordings,
  models,
  openModel,
  ...PACE_ACTIONS,
  loadAgain,
  measureCosts,
  showWrongRule,
  exportRunCsv,
  exportWorksheetCsv,
  exportWorksheetJson,
  playRace,
  raceLast,
  ...RACE_STEPS,
  askLastAgain,
  leaveOut,
  clearConversation,
  pass,
  ...OFFLINE_ACTIONS,
  ...STEP_ACTIONS,
  search,
  showKeys,
  undo,
  ...HISTORY_ACTIONS,
  resetAll,
  replaceNewerSettings,
  ...PLAYLIST_ACTIONS,
  ...THEME_ACTIONS,
  ...PROGRESS_ACTIONS,
];

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** The action among `actions` that `event` asks for and that can be done now. */
export function actionFor(event: KeyboardEvent, actions: readonly Action[] = ACTIONS): Action | undefined {
  return askedFor(event, actions).find((action) => action.when());
}

/** What to say of a key that is an action's and does nothing now; '' where there is nothing to say. */
export function whyNot(event: KeyboardEvent, actions: readonly Action[] = ACTIONS): string {
  return (
    askedFor(event, actions)
      .map(reasonAgainst)
      .find((why) => why !== '') ?? ''
  );
}

/** Why `action` cannot be done now, in a sentence; '' where there is nothing to say. */
export function reasonAgainst({ when, whyNot: reason }: Action): string {
  return when() ? '' : (reason?.() ?? '');
}

/** The actions whose key `event` is, of the view that is shown before those of all. */
function askedFor(event: KeyboardEvent, actions: readonly Action[]): Action[] {
  const asked = actions.filter((action) => isHere(action) && action.keys.some((keys) => matches(keys, event)));
  return [...asked.filter(({ view }) => view !== undefined), ...asked.filter(({ view }) => view === undefined)];
}

/** `keys` as a person of this system reads them, such as "Ctrl+Enter". */
export function spellKeys(keys: string): string {
  const spelled = keys
    .replace(/(^|\+)([a-z])$/, (_, before: string, letter: string) => `${before}${letter.toUpperCase()}`)
    .replace('Mod', APPLE ? '⌘' : 'Ctrl')
    .replace('Escape', 'Esc')
    .replace('Shift+', '⇧');
  return spelled.replace(/Arrow(\w+)/, (_, direction: string) => ARROWS[direction] ?? direction);
}

/** `keys` for the attribute `aria-keyshortcuts`. */
export function ariaKeys(keys: readonly string[]): string | undefined {
  return keys.length === 0 ? undefined : keys.join(' ').replaceAll('Mod', APPLE ? 'Meta' : 'Control');
}

const ARROWS: Readonly<Record<string, string>> = { Left: '←', Right: '→', Up: '↑', Down: '↓' };

/** What takes every key for itself: text that is typed, lists. */
const CHOICE = ':is([type="radio"], [type="checkbox"], [type="range"])';
const TYPED = `input:not(${CHOICE}), textarea, select, [contenteditable]`;
/** What takes the keys that move and choose. */
const CHOSEN = `input${CHOICE}`;
const CHOOSING_KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Enter', ' ']);
/** A clicker's, which must work wherever the focus is. */
const CLICKER_KEYS: ReadonlySet<string> = new Set(['PageUp', 'PageDown']);

/** The output, whose tokens these keys walk through. */
const OUTPUT = '[role="log"]';
const OUTPUT_KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Enter', ' ']);

/** With Mod, but a text's own while one is typed. */
const EDITING_KEYS: ReadonlySet<string> = new Set(['Mod+z']);

/** The key of `keys`, and what is held with it. */
function partsOf(keys: string) {
  const parts = keys.split('+');
  // The sign that parts keys may be one.
  return { key: parts.at(-1) || '+', command: parts.includes('Mod'), shift: parts.includes('Shift') };
}

/** Whether `focused` takes `keys` for itself, as a field does what is typed in it. */
export function isTaken(keys: string, focused: EventTarget | null): boolean {
  const { key, command } = partsOf(keys);
  const within = (selector: string) => focused instanceof Element && focused.closest(selector) !== null;
  const taken =
    (!CLICKER_KEYS.has(key) && within(TYPED)) || (CHOOSING_KEYS.has(key) && within(CHOSEN)) || (OUTPUT_KEYS.has(key) && within(OUTPUT));
  return taken && ((!command && keys !== 'Escape') || EDITING_KEYS.has(keys));
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const { key, command, shift } = partsOf(keys);
  if (isTaken(keys, event.target)) return false;
  // Control serves on Apple's systems too, for keyboards that have no Command.
  return (
    // A locked capital is the same key, and a sign may need Shift or not, as the keyboard has it.
    (event.key === key || (isLetter(key) && event.key.toLowerCase() === key)) &&
    (event.ctrlKey || event.metaKey) === command &&
    (event.shiftKey === shift || isSign(key)) &&
    !event.altKey
  );
}

const isLetter = (key: string) => /^[a-z]$/.test(key);
const isSign = (key: string) => key.length === 1 && !/[a-z0-9 ]/i.test(key);

/** Whether the keys of `action` are those of the view that is shown. */
export function isHere({ view }: Action): boolean {
  return view === undefined || readAddress(location.hash).view === view;
}
