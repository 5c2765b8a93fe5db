import { useEffect } from 'react';
import { performAction } from '../actions/performAction';
import { actionFor } from '../actions/registry';

/** Lets the keys of every action do what its button does, wherever the focus is. */
export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A dialog has its own keys, Escape among them.
      const busy = event.isComposing || document.querySelector(':modal') !== null;
      const action = busy ? undefined : actionFor(event);
      if (!action) return;
      event.preventDefault();
      void performAction(action);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
