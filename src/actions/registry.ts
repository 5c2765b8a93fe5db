import type { Action } from './action';
import { copyText } from './copyText';
import { loadAgain } from './loadAgain';
import { prove } from './prove';
import { run } from './run';
import { stop } from './stop';

export const ACTIONS: readonly Action[] = [run, stop, prove, copyText, loadAgain];

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** The action that `event` asks for and that can be done now. */
export function actionFor(event: KeyboardEvent): Action | undefined {
  return ACTIONS.find((action) => action.keys.some((keys) => matches(keys, event)) && action.when());
}

/** `keys` as a person of this system reads them, such as "Ctrl+Enter". */
export function spellKeys(keys: string): string {
  return keys.replace('Mod', APPLE ? '⌘' : 'Ctrl').replace('Escape', 'Esc');
}

/** `keys` for the attribute `aria-keyshortcuts`. */
export function ariaKeys(keys: readonly string[]): string | undefined {
  return keys.length === 0 ? undefined : keys.join(' ').replaceAll('Mod', APPLE ? 'Meta' : 'Control');
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+');
  // Control serves on Apple's systems too, for keyboards that have no Command.
  return event.key === parts.at(-1) && (event.ctrlKey || event.metaKey) === parts.includes('Mod');
}
