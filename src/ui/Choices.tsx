import { useId } from 'react';

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Why the choice has no effect, or cannot be changed, now; null where it can be made. */
  readonly unused?: string | null;
}

/** One of a few, all in sight: native radio buttons in a row. */
export function Choices<Value extends string>({ legend, options, value, onChange, unused = null }: ChoicesProps<Value>) {
  const id = useId();
  return (
    <fieldset disabled={unused !== null} aria-describedby={unused === null ? undefined : `${id}-note`}>
      <legend>{legend}</legend>
      {unused === null ? null : (
        <span className="unused" id={`${id}-note`}>
          {unused}
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
