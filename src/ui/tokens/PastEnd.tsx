import { type ReactNode, useState } from 'react';
import { pastEnd as words } from '../texts';

interface PastEndProps {
  /** How many drafts are folded away. */
  readonly count: number;
  /** What stands there once it is unfolded. */
  readonly children: ReactNode;
}

/** Drafts past the end of an answer, folded: they were never judged and are not part of it. The label is drawn by the style sheet, so that it adds nothing to the text. */
export function PastEnd({ count, children }: PastEndProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="past-end"
        data-label={words.label(count)}
        aria-label={words.spoken(count)}
        title={words.meaning}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open ? children : null}
    </>
  );
}
