import { useEffect, useState } from 'react';
import { followNotes, type NotesRequest, type ShownNotes } from '../store/speakerNotes';
import { Button } from '../ui/Button';
import { formatClock, formatCount } from '../ui/format';
import { present, speakerNotes as words } from '../ui/texts/present';
import './notes.css';

/** What the speaker wants to remember of what is shown, what comes next, and the time; next and back from here too. */
export function SpeakerNotes() {
  const [shown, setShown] = useState<ShownNotes | null>(null);
  const [ask, setAsk] = useState<(request: NotesRequest) => void>(() => () => undefined);
  useEffect(() => {
    const { ask: send, end } = followNotes(setShown);
    setAsk(() => send);
    const press = ({ key }: KeyboardEvent) => {
      if (key === 'PageDown' || key === 'ArrowRight') send('next');
      if (key === 'PageUp' || key === 'ArrowLeft') send('previous');
    };
    addEventListener('keydown', press);
    return () => {
      end();
      removeEventListener('keydown', press);
    };
  }, []);
  return (
    <main className="speaker">
      <h1>{words.heading}</h1>
      {shown ? (
        <>
          <p className="speaker-place">
            {present.position(formatCount(shown.position), formatCount(shown.count))} <b>{shown.title}</b>
          </p>
          <p className="speaker-text">{shown.notes || words.none}</p>
          <p>{shown.next === '' ? words.end : present.next(shown.next)}</p>
          <p>
            {words.elapsed} <Elapsed since={shown.startedAt} />
          </p>
          <div className="speaker-buttons">
            <Button onPress={() => ask('previous')}>{words.back}</Button>
            <Button look="primary" onPress={() => ask('next')}>
              {words.forward}
            </Button>
          </div>
        </>
      ) : (
        <p>{words.waiting}</p>
      )}
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
