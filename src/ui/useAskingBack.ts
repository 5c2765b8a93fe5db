import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** A row that asks back before it does what cannot be undone. */
export interface AskingBack<Row> {
  /** Of the row, in both of its states. */
  readonly row: RefObject<Row | null>;
  readonly asking: boolean;
  readonly setAsking: (asking: boolean) => void;
}

/**
 * Whether a row asks back. Its last button does no harm, and has the focus whenever that has changed, so that the focus stays in the row. Where the row
 * goes, the one next to it has it.
 */
export function useAskingBack<Row extends HTMLElement>(): AskingBack<Row> {
  const [asking, setAsking] = useState(false);
  const row = useRef<Row>(null);
  const asked = useRef(false);
  useEffect(() => {
    if (asking || asked.current) row.current?.querySelector<HTMLElement>('button:last-of-type')?.focus();
    asked.current = asking;
  }, [asking]);
  useLayoutEffect(() => () => passFocusOn(row.current), []);
  return { row, asking, setAsking };
}

/** Gives the focus to the item or row beside that of `leaving`, or to the part of the page that it is in. */
function passFocusOn(leaving: HTMLElement | null): void {
  if (!leaving?.contains(document.activeElement)) return;
  const item = leaving.closest('li, tr');
  const buttons = [item?.nextElementSibling, item?.previousElementSibling].map((each) =>
    each?.querySelector<HTMLElement>('button:last-of-type'),
  );
  const next = buttons.find((each) => each) ?? item?.closest<HTMLElement>('section, dialog, main');
  // What is no control can be given the focus, and is not on the way of Tab.
  if (next && !(next instanceof HTMLButtonElement)) next.tabIndex = -1;
  next?.focus();
}
