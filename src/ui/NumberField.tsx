import { useEffect, useId, useRef, useState } from 'react';
import { settings as words } from './texts';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  /** Called with a typed number in the range, and with the value from before once the text is no such number. */
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number | null;
  /** Distance of the arrows' values; without it a value need not be a whole number. */
  readonly step?: number;
  /** Why the value has no effect now; null where it has one. */
  readonly unused?: string | null;
  /** Called while the field holds no number in the range; what it returns, once it does. */
  readonly whileWrong?: () => () => void;
}

/** A number field that keeps the typed text, valid or not; while that is no such number, it says so and which value stays. */
export function NumberField({ label, value, onChange, min, max, step = 1, unused = null, whileWrong }: NumberFieldProps) {
  const id = useId();
  /** What was typed while the value was `value`, or made it that. */
  const [typed, setTyped] = useState({ text: String(value), value });
  /** What stays where something else is typed: 999 is no value that anyone chose on the way to 99999. */
  const before = useRef(value);
  const whole = Number.isInteger(step);
  const isGood = (number: number) =>
    (whole ? Number.isSafeInteger(number) : Number.isFinite(number)) && number >= min && (max === null || number <= max);
  // A value that was changed elsewhere, and one that has no effect, are shown as they are.
  const text = unused === null && Object.is(typed.value, value) ? typed.text : String(value);
  // The value itself may be outside of a range that has become smaller: nobody typed that.
  const valid = text === String(value) || isGood(parse(text));
  useEffect(() => (valid ? undefined : whileWrong?.()), [valid, whileWrong]);
  const note = valid ? unused : words.outside(whole, min, max, String(value));
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
        value={text}
        disabled={unused !== null}
        aria-invalid={!valid}
        aria-describedby={note ? `${id}-note` : undefined}
        onFocus={() => {
          before.current = value;
        }}
        onChange={({ target }) => {
          const number = parse(target.value);
          const changedElsewhere = !Object.is(typed.value, value);
          if (changedElsewhere) before.current = value;
          const next = isGood(number) ? number : before.current;
          setTyped({ text: target.value, value: next });
          if (!Object.is(next, value)) onChange(next);
        }}
      />
      {note ? (
        <p className={valid ? 'unused' : 'field-error'} id={`${id}-note`}>
          {note}
        </p>
      ) : null}
    </div>
  );
}

function parse(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
