import { useId } from 'react';
import type { Failure } from '../core/failure';

interface ProblemFieldProps {
  readonly label: string;
  readonly inputMode: 'numeric' | 'decimal';
  readonly value: string;
  /** What is wrong with `value`; shown next to it. */
  readonly problem: Failure | undefined;
  readonly onChange: (value: string) => void;
}

/** A text that is read as a number together with others, so that what is wrong with it is known outside. */
export function ProblemField({ label, inputMode, value, problem, onChange }: ProblemFieldProps) {
  const id = useId();
  return (
    <div className="number-field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode={inputMode}
        autoComplete="off"
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? `${id}-error` : undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {problem ? (
        <p className="field-error" id={`${id}-error`}>
          {problem.message} {problem.hint}
        </p>
      ) : null}
    </div>
  );
}
