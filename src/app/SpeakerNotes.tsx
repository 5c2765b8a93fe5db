import { useEffect, useRef, useState } from 'react';
import { followNotes, type ShownNotes } from '../store/present/speakerNotes';
import { Button } from '../ui/Button';
import { formatClock, formatCount } from '../ui/format';
import { present, speakerNotes as words } from '../ui/texts/present';
import './notes.css';

/** Keys of this window itself: the focus, its buttons, scrolling. */
const OWN_KEYS: ReadonlySet<string> = new Set(['Tab', 'Enter', ' ', 'ArrowUp', 'ArrowDown', 'Escape']);

/** Of the presentation in `tab`: what the speaker wants to remember of what is shown, what comes next, and the time. The keys of the presentation work from here too. */
export function SpeakerNotes({ tab }: { readonly tab: string }) {
  const [shown, setShown] = useState<ShownNotes | null>(null);
  const press = useRef<(key: string) => void>(() => undefined);
  useEffect(() => {
    const followed = followNotes(tab, setShown);
    press.current = followed.press;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || OWN_KEYS.has(event.key)) return;
      event.preventDefault();
      followed.press(event.key);
    };
    addEventListener('keydown', listen);
    return () => {
      followed.end();
      removeEventListener('keydown', listen);
    };
  }, [tab]);
  if (!shown) {
    return (
      <main className="speaker">
        <h1>{words.heading}</h1>
        <p>{words.waiting}</p>
      </main>
    );
  }
  return (
    <main className="speaker">
      <div className="speaker-head">
        <h1>
          {words.heading} <span>{present.position(formatCount(shown.position), formatCount(shown.count))}</span>
        </h1>
        <p>
          <span className="visually-hidden">{words.elapsed}</span> <Elapsed since={shown.startedAt} />
        </p>
      </div>
      <h2>{shown.title}</h2>
      <p className="speaker-text">{shown.notes || words.none}</p>
      <p className="speaker-next">{shown.next === '' ? words.end : present.next(shown.next)}</p>
      <div className="speaker-buttons">
        <Button onPress={() => press.current('PageUp')}>{words.back}</Button>
        <Button look="primary" onPress={() => press.current('PageDown')}>
          {words.forward}
        </Button>
        <Button onPress={() => press.current('r')}>{words.start}</Button>
        <Button onPress={() => press.current('b')}>{words.dark}</Button>
      </div>
      <p className="speaker-hint">{words.keys}</p>
    </main>
  );
}

/** Minutes and seconds since `since`. */
function Elapsed({ since }: { readonly since: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time>{formatClock(Math.max(0, now - since))}</time>;
}
