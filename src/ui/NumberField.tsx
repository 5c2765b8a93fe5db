import { useId, useState } from 'react';
import { settings as words } from './texts';

interface NumberFieldProps {
  readonly label: string;
  /** NaN while the text is not a number. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number | null;
  /** Distance of the arrows' values; without it a value need not be a whole number. */
  readonly step?: number;
  readonly disabled?: boolean;
}

/** A number field that keeps the typed text, valid or not, and shows a message when it is invalid. */
export function NumberField({ label, value, onChange, min, max, step = 1, disabled }: NumberFieldProps) {
  const id = useId();
  const [text, setText] = useState(Number.isNaN(value) ? '' : String(value));
  const whole = Number.isInteger(step);
  const valid = (whole ? Number.isInteger(value) : Number.isFinite(value)) && value >= min && (max === null || value <= max);
  const shown = Object.is(parse(text), value) ? text : String(value);
  return (
    <div className="number-field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="number"
        inputMode={whole ? 'numeric' : 'decimal'}
        step={step}
        min={min}
        max={max ?? undefined}
        value={shown}
        disabled={disabled}
        aria-invalid={!valid}
        aria-describedby={valid ? undefined : `${id}-error`}
        onChange={(event) => {
          setText(event.target.value);
          onChange(parse(event.target.value));
        }}
      />
      {valid ? null : (
        <p className="field-error" id={`${id}-error`}>
          {words.outside(whole, min, max)}
        </p>
      )}
    </div>
  );
}

function parse(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
