import { useEffect } from 'react';
import type { Action } from '../actions/action';
import { pressKey } from '../actions/pressKey';
import { ACTIONS } from '../actions/registry';

/** Lets the keys of `actions`, by default of all, do what their buttons do, wherever the focus is. */
export function useShortcuts(actions: readonly Action[] = ACTIONS): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A dialog has its own keys, Escape among them.
      const busy = event.isComposing || document.querySelector(':modal') !== null;
      if (!busy && pressKey(event, actions)) event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [actions]);
}
