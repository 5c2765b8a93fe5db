import { useWork } from './work';

/** How long nobody has asked for anything, in milliseconds, before the page does what nobody waits for. */
export const IDLE_MS = 2000;
const INPUTS = ['keydown', 'input', 'pointerdown', 'wheel'] as const;

/**
 * Calls `idle` once after each time that the models were at work, that a person typed, pointed or scrolled, or that one of `stores` changed:
 * when nothing of that has happened for `IDLE_MS`.
 *
 * @returns a function that ends it
 */
export function onIdle(idle: () => void, stores: readonly { subscribe(changed: () => void): () => void }[] = []): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => {
    clearTimeout(timer);
    if (useWork.getState().current === null) timer = setTimeout(idle, IDLE_MS);
  };
  const leave = [useWork, ...stores].map((store) => store.subscribe(begin));
  for (const input of INPUTS) addEventListener(input, begin, { capture: true, passive: true });
  begin();
  return () => {
    clearTimeout(timer);
    for (const unsubscribe of leave) unsubscribe();
    for (const input of INPUTS) removeEventListener(input, begin, { capture: true });
  };
}
