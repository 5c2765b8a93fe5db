import { type KeyboardEvent, useId, useState } from 'react';
import { piecesOf } from '../../../lessons/practice';
import type { TextMark } from '../../../store/progressFile';
import { practice as words } from '../../../ui/texts/practice';

interface MarkedTextProps {
  readonly text: string;
  readonly marks: readonly TextMark[];
  readonly onChange: (marks: TextMark[]) => void;
}

/** A text whose words are buttons, one stop of Tab in all; each press gives a word its next mark. */
export function MarkedText({ text, marks, onChange }: MarkedTextProps) {
  const hint = useId();
  const pieces = piecesOf(text);
  const starts = pieces.filter(({ word }) => word).map(({ from }) => from);
  const [at, setAt] = useState(0);
  const current = starts.includes(at) ? at : starts[0];
  const kindAt = (from: number, to: number) => marks.find((mark) => mark.from < to && mark.to > from)?.kind;
  const press = (from: number, to: number) => {
    setAt(from);
    const others = marks.filter((mark) => mark.to <= from || mark.from >= to);
    const next = nextKind(kindAt(from, to));
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
      <div className="marked-text" role="group" aria-label={words.explain.marked} aria-describedby={hint} onKeyDown={walk}>
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
              aria-label={kind ? `${piece}, ${words.explain.kinds[kind]}` : piece}
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
        {words.explain.keys}
      </p>
    </>
  );
}

function nextKind(kind: TextMark['kind'] | undefined): TextMark['kind'] | null {
  return kind === undefined ? 'uncertain' : kind === 'uncertain' ? 'broad' : null;
}
