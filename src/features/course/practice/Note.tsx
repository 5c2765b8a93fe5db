import { useId } from 'react';
import { LONGEST_TEXT } from '../../../formats/progress';
import { practice as words } from '../../../ui/texts/practice';

interface NoteProps {
  readonly label: string;
  /** What somebody else has written there. */
  readonly example: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows?: number;
}

/** A labelled text of a person's own, below the one of the example that is filled in. */
export function Note({ label, example, value, onChange, rows = 3 }: NoteProps) {
  const id = useId();
  return (
    <div className="note">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <p className="note-example" id={`${id}-example`}>
        <b>{words.exampleMark}</b> {example}
      </p>
      <textarea
        id={id}
        aria-describedby={`${id}-example`}
        rows={rows}
        maxLength={LONGEST_TEXT}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
