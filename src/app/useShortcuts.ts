import { useEffect } from 'react';
import { actionFor } from '../actions/registry';

/** Lets the keys of every action do what its button does, wherever the focus is. */
export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = event.isComposing ? undefined : actionFor(event);
      if (!action) return;
      event.preventDefault();
      void action.perform();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
