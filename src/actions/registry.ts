import type { Action } from './action';
import { copyText } from './copyText';
import { loadAgain } from './loadAgain';
import { proveHere, showWrongRule } from './proof';
import { prove } from './prove';
import { run } from './run';
import { STEP_ACTIONS } from './step';
import { stop } from './stop';
import { THEME_ACTIONS } from './theme';

/** Where two have the same keys, the one of a view comes first. */
export const ACTIONS: readonly Action[] = [
  proveHere,
  run,
  stop,
  prove,
  copyText,
  loadAgain,
  showWrongRule,
  ...STEP_ACTIONS,
  ...THEME_ACTIONS,
];

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** The action that `event` asks for and that can be done now. */
export function actionFor(event: KeyboardEvent): Action | undefined {
  return ACTIONS.find((action) => isHere(action) && action.keys.some((keys) => matches(keys, event)) && action.when());
}

/** `keys` as a person of this system reads them, such as "Ctrl+Enter". */
export function spellKeys(keys: string): string {
  const spelled = keys
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

/** What takes keys for itself: text that is typed, sliders, radio buttons, and the output, whose tokens the arrows walk through. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], [role="log"]';

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+');
  const command = parts.includes('Mod');
  const taken = event.target instanceof Element && event.target.closest(OWN_KEYS) !== null;
  if (taken && !command && keys !== 'Escape') return false;
  // Control serves on Apple's systems too, for keyboards that have no Command.
  return (
    event.key === parts.at(-1) &&
    (event.ctrlKey || event.metaKey) === command &&
    event.shiftKey === parts.includes('Shift') &&
    !event.altKey
  );
}

function isHere({ view }: Action): boolean {
  return view === undefined || location.hash === `#${view}` || location.hash.startsWith(`#${view}/`);
}
