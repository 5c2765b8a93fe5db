import { type RefObject, useEffect, useRef, useState } from 'react';

/** A row that asks back before it does what cannot be undone. */
export interface AskingBack<Row> {
  /** Of the row, in both of its states. */
  readonly row: RefObject<Row | null>;
  readonly asking: boolean;
  readonly setAsking: (asking: boolean) => void;
}

/** Whether a row asks back. Its last button does no harm, and has the focus whenever that has changed, so that the focus stays in the row. */
export function useAskingBack<Row extends HTMLElement>(): AskingBack<Row> {
  const [asking, setAsking] = useState(false);
  const row = useRef<Row>(null);
  const asked = useRef(false);
  useEffect(() => {
    if (asking || asked.current) row.current?.querySelector<HTMLElement>('button:last-of-type')?.focus();
    asked.current = asking;
  }, [asking]);
  return { row, asking, setAsking };
}
