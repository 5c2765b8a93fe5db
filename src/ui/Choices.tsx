import { useId } from 'react';

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Why the choice has no effect now; null where it has one. */
  readonly unused?: string | null;
  /** Why what is chosen stays now; null where it can be changed. */
  readonly held?: string | null;
}

/** One of a few, all in sight: native radio buttons in a row. */
export function Choices<Value extends string>({ legend, options, value, onChange, unused = null, held = null }: ChoicesProps<Value>) {
  const id = useId();
  const note = unused ?? held;
  return (
    <fieldset disabled={note !== null} data-held={held !== null || undefined} aria-describedby={note === null ? undefined : `${id}-note`}>
      <legend>{legend}</legend>
      {note === null ? null : (
        <span className="unused" id={`${id}-note`}>
          {note}
        </span>
      )}
      <div className="choices">
        {options.map((option) => (
          <label className="choice" key={option.value}>
            <input type="radio" name={id} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
