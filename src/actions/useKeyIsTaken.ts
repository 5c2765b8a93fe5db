import { useSyncExternalStore } from 'react';
import { isTaken } from './registry';

/** Whether `keys` would be typed, or move what has the focus, in place of what they are for. */
export function useKeyIsTaken(keys: string): boolean {
  return useSyncExternalStore(subscribe, () => isTaken(keys, document.activeElement));
}

function subscribe(changed: () => void): () => void {
  // What loses the focus still has it at `focusout`.
  const later = () => queueMicrotask(changed);
  addEventListener('focusin', changed);
  addEventListener('focusout', later);
  return () => {
    removeEventListener('focusin', changed);
    removeEventListener('focusout', later);
  };
}
