import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { markTerms, termOf } from '../lessons/glossary';
import './term.css';

/** The distance of a definition from its term and from the window's edge, and its greatest width, in CSS pixels. */
const GAP = 6;
const EDGE = 10;
const WIDTH = 320;
/** Room that a definition needs below its term. */
const HEIGHT = 130;

interface Place {
  readonly left: number;
  readonly top: number | null;
  readonly bottom: number | null;
}

/** A word of the glossary: its definition appears while it is pointed at, touched or has the focus, and goes with Escape (WCAG 1.4.13). */
export function Term({ id, children }: { readonly id: string; readonly children?: ReactNode }) {
  const term = termOf(id);
  const card = useId();
  const word = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const hide = () => setPlace(null);
  const show = () => setPlace(word.current && placeOf(word.current.getBoundingClientRect()));
  useEffect(() => {
    if (!place) return;
    // A scroll of something that the word does not stand in, such as the contents beside it, leaves the word where it is. A word that the focus
    // scrolled into sight keeps its definition.
    const scrolled = ({ target }: Event) => {
      if (!(target instanceof Node) || !target.contains(word.current)) return;
      if (document.activeElement === word.current) show();
      else hide();
    };
    addEventListener('scroll', scrolled, { capture: true, passive: true });
    return () => removeEventListener('scroll', scrolled, { capture: true });
  });
  if (!term) return children;
  const hideByEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !place) return;
    event.stopPropagation();
    hide();
  };
  return (
    <span className="term" onPointerEnter={show} onPointerLeave={hide}>
      <button
        type="button"
        ref={word}
        className="term-word"
        aria-describedby={place ? card : undefined}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={hideByEscape}
      >
        {children}
      </button>
      {place ? (
        <span className="term-card" id={card} role="tooltip" style={styleOf(place)}>
          <b>{term.name}</b> {term.definition}
        </span>
      ) : null}
    </span>
  );
}

/** Running text with the first occurrence of each term marked. */
export function WithTerms({ children }: { readonly children: string }) {
  return markTerms(children).map(({ text, term }, i) =>
    term ? (
      <Term key={term.id} id={term.id}>
        {text}
      </Term>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a text's stretches never change places
      <span key={i}>{text}</span>
    ),
  );
}

function placeOf(word: DOMRect): Place {
  const width = Math.min(WIDTH, innerWidth - 2 * EDGE);
  const left = Math.max(EDGE, Math.min(word.left, document.documentElement.clientWidth - width - EDGE));
  const below = word.bottom + HEIGHT < innerHeight;
  return { left, top: below ? word.bottom + GAP : null, bottom: below ? null : innerHeight - word.top + GAP };
}

function styleOf({ left, top, bottom }: Place) {
  return { left, ...(top === null ? { bottom: bottom ?? 0 } : { top }) };
}
