import { useId } from 'react';
import { LONGEST_TEXT } from '../../../store/progressFile';

interface NoteProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows?: number;
}

/** A labelled text of a person's own. */
export function Note({ label, value, onChange, rows = 3 }: NoteProps) {
  const id = useId();
  return (
    <div className="note">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <textarea id={id} rows={rows} maxLength={LONGEST_TEXT} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
