import { type KeyboardEvent, useId, useState } from 'react';
import { type Marked, piecesOf } from '../../../lessons/practice';

interface MarkedTextProps<Kind extends string> {
  readonly text: string;
  /** What the text is, for a screen reader. */
  readonly name: string;
  /** How it is walked and marked by keys. */
  readonly keys: string;
  readonly marks: readonly Marked<Kind>[];
  /** The marks that a word can have, in the order in which presses give them, with their names; after the last it has none. */
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly disabled?: boolean;
  readonly onChange: (marks: Marked<Kind>[]) => void;
}

/** A text whose words are buttons, one stop of Tab in all; each press gives a word its next mark. */
export function MarkedText<Kind extends string>({ text, name, keys, marks, kinds, disabled, onChange }: MarkedTextProps<Kind>) {
  const hint = useId();
  const pieces = piecesOf(text);
  const starts = pieces.filter(({ word }) => word).map(({ from }) => from);
  const [at, setAt] = useState(0);
  const current = starts.includes(at) ? at : starts[0];
  const order = Object.keys(kinds) as Kind[];
  const kindAt = (from: number, to: number) => marks.find((mark) => mark.from < to && mark.to > from)?.kind;
  const press = (from: number, to: number) => {
    setAt(from);
    if (disabled) return;
    const others = marks.filter((mark) => mark.to <= from || mark.from >= to);
    const kind = kindAt(from, to);
    const next = kind === undefined ? order[0] : order[order.indexOf(kind) + 1];
    onChange(next ? [...others, { from, to, kind: next }].sort((a, b) => a.from - b.from) : others);
  };
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const next = step === undefined ? undefined : starts[starts.indexOf(current ?? 0) + step];
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-from="${next}"]`)?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset lays its words out as a block of its own */}
      <div className="marked-text" role="group" aria-label={name} aria-describedby={hint} onKeyDown={walk}>
        {pieces.map(({ from, text: piece, word }) => {
          const kind = kindAt(from, from + piece.length);
          return word ? (
            <button
              key={from}
              type="button"
              className="marked-word"
              data-from={from}
              data-kind={kind}
              tabIndex={from === current ? 0 : -1}
              aria-label={kind ? `${piece}, ${kinds[kind]}` : piece}
              aria-disabled={disabled}
              onClick={() => press(from, from + piece.length)}
            >
              {piece}
            </button>
          ) : (
            piece
          );
        })}
      </div>
      <p className="visually-hidden" id={hint}>
        {keys}
      </p>
    </>
  );
}
