import { type FormEvent, Fragment, useId, useRef, useState } from 'react';
import type { Failure } from '../../core/failure';
import { setMirror, useMirror } from '../../store/models/published';
import { FailureNotice } from '../../ui/FailureNotice';
import { hubModels as words } from '../../ui/texts/hubModels';
import { useFound } from './useFound';

/** Which host published models come from, and how to lay out one of one's own. */
export function Mirror() {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useFound('mirror', field);
  const mirror = useMirror((state) => state.mirror);
  const [text, setText] = useState(mirror ?? '');
  const [failure, setFailure] = useState<Failure | null>(null);
  const set = (event: FormEvent) => {
    event.preventDefault();
    setFailure(setMirror(text));
  };
  return (
    <section className="hub-part" aria-labelledby="hub-mirror">
      <h3 id="hub-mirror">{words.mirror}</h3>
      <p className="hub-intro">{words.mirrorIntro}</p>
      <p>
        <code>
          {[...words.mirrorCommand.matchAll(/\S+/g)].map(({ 0: word, index: at }) => (
            <Fragment key={at}>
              <span>{word}</span>{' '}
            </Fragment>
          ))}
        </code>
      </p>
      <p className="hub-soft">{words.mirrorCors}</p>
      <form className="hub-form" onSubmit={set}>
        <p className="hub-field">
          <label htmlFor={id}>{words.mirrorField}</label>
          <input id={id} ref={field} inputMode="url" autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} />
        </p>
        <button type="submit" className="button small">
          {words.mirrorSet}
        </button>
      </form>
      <p role="status">{words.mirrorNow(mirror === null ? words.hubsAll : new URL(mirror).host)}</p>
      {failure ? <FailureNotice failure={failure} /> : null}
    </section>
  );
}
