import { type FocusEvent, type PointerEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';

const SHOW_AFTER_MS = 90;
const HIDE_AFTER_MS = 160;
/** Room that a card needs below its token, in CSS pixels. */
const CARD_HEIGHT = 290;

/** Which token's card is shown, and where: pixels from the left and from the top (or, `above`, from the bottom) of the log. */
export interface ShownCard {
  readonly id: string;
  readonly at: string;
  readonly left: number;
  readonly offset: number;
  readonly above: boolean;
}

/** Shows a card for the token that the pointer rests on or that has the focus; the card itself may be pointed at (WCAG 1.4.13). */
export function useTokenCard(log: RefObject<HTMLElement | null>) {
  const id = useId();
  const [shown, setShown] = useState<ShownCard | null>(null);
  const timer = useRef(0);
  const pointer = useRef<{ x: number; y: number } | null>(null);
  const later = (card: () => ShownCard | null, delay: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setShown(card()), delay);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!shown) return;
    // From wherever the focus is, and the card alone: the same key stops a run.
    const close = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      clearTimeout(timer.current);
      setShown(null);
    };
    addEventListener('keydown', close, { capture: true });
    return () => removeEventListener('keydown', close, { capture: true });
  }, [shown]);
  const place = (token: Element | null) => () => (token && log.current?.contains(token) ? placeCard(id, log.current, token) : null);
  // A pointer that leaves gives the card back to the token that the keyboard has reached.
  const leave = () => later(() => place(document.querySelector('[data-at]:focus-visible'))(), HIDE_AFTER_MS);
  return {
    shown,
    leave,
    stay: () => clearTimeout(timer.current),
    handlers: {
      onPointerMove: (event: PointerEvent) => {
        // Text that moves under a pointer at rest moves it too, as the browser sees it.
        if (!hasMoved(pointer, event)) return;
        const token = tokenOf(event.target);
        if (token && event.pointerType === 'mouse') later(place(token), SHOW_AFTER_MS);
        else leave();
      },
      onPointerLeave: leave,
      onFocus: (event: FocusEvent) => {
        const token = tokenOf(event.target);
        if (!token) return;
        token.setAttribute('aria-describedby', id);
        later(place(token), 0);
      },
      onBlur: (event: FocusEvent) => {
        tokenOf(event.target)?.removeAttribute('aria-describedby');
        leave();
      },
    },
  };
}

/** Whether the pointer is not where it was last seen. */
function hasMoved(seen: RefObject<{ x: number; y: number } | null>, { clientX: x, clientY: y }: PointerEvent): boolean {
  const moved = seen.current?.x !== x || seen.current.y !== y;
  seen.current = { x, y };
  return moved;
}

function tokenOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-at]') : null;
}

function placeCard(id: string, log: HTMLElement, token: Element): ShownCard | null {
  const at = token.getAttribute('data-at');
  const line = [...token.getClientRects()].at(-1);
  if (at === null || !line) return null;
  const frame = log.getBoundingClientRect();
  const above = line.bottom + CARD_HEIGHT > innerHeight && line.top > CARD_HEIGHT;
  return {
    id,
    at,
    left: line.left - frame.left,
    offset: above ? frame.bottom - line.top : line.bottom - frame.top,
    above,
  };
}
