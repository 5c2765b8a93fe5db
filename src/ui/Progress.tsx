interface ProgressProps {
  /** What is in progress, for screen readers. */
  readonly label: string;
  /** What is done of `total`. */
  readonly done: number;
  readonly total: number;
  /** The same as text, next to the bar. */
  readonly text: string;
}

/** How far something has come that is counted. */
export function Progress({ label, done, total, text }: ProgressProps) {
  return (
    <div className="progress">
      <div
        className="progress-bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={text}
      >
        <i style={{ width: `${total > 0 ? (100 * done) / total : 0}%` }} />
      </div>
      <p>{text}</p>
    </div>
  );
}
