export interface Figure {
  readonly key: string;
  readonly name: string;
  readonly note?: string | undefined;
  /** As it is written. */
  readonly value: string;
}

/** Names with their figures, one below the other. */
export function FigureList({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="figure-list">
      {figures.map(({ key, name, note, value }) => (
        <div key={key}>
          <dt>
            {name}
            {note ? <small> {note}</small> : null}
          </dt>
          <dd data-count={key}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
