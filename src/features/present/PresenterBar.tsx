import { useEffect } from 'react';
import { endPresenting, NOTES_ACTIONS, nextOnPlaylist, previousOnPlaylist, startPresented } from '../../actions/present';
import { pressKey } from '../../actions/pressKey';
import { useWhyNot } from '../../store/page/notice';
import { usePlaylist } from '../../store/present/playlist';
import { usePresenter } from '../../store/present/presenter';
import { serveNotes } from '../../store/present/speakerNotes';
import { ActionButton } from '../../ui/ActionButton';
import { formatCount } from '../../ui/format';
import { present as words } from '../../ui/texts/present';
import './stage.css';

/** The foot of everything that is presented: where in the playlist, and the ways on. Notes are not on it. */
export function PresenterBar() {
  const { at, blank, scale } = usePresenter();
  const { word } = useWhyNot();
  const { title, items } = usePlaylist();
  useEffect(() => serveNotes(press), []);
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.presenting = 'true';
    root.style.setProperty('--stage-scale', String(scale));
    return () => {
      delete root.dataset.presenting;
      root.style.removeProperty('--stage-scale');
    };
  }, [scale]);
  if (at === null) return null;
  return (
    <>
      <aside className="presenter-bar" aria-label={words.bar}>
        {/* In place of the page's, whose head is hidden. */}
        <h1 className="visually-hidden">{title}</h1>
        <p>
          <b>{words.position(formatCount(at + 1), formatCount(items.length))}</b> {word === '' ? items[at]?.title : null}
          <span role="status">{word}</span>
        </p>
        <ActionButton action={startPresented} look="quiet" showKeys />
        <ActionButton action={previousOnPlaylist} look="quiet" />
        <ActionButton action={nextOnPlaylist} look="quiet" />
        <ActionButton action={endPresenting} look="quiet" />
      </aside>
      {blank ? (
        <div className="presenter-blank" role="status">
          <span className="visually-hidden">{words.blank}</span>
        </div>
      ) : null}
    </>
  );
}

/** A key that was pressed in the window with the notes. */
function press(key: string): void {
  pressKey(new KeyboardEvent('keydown', { key }), NOTES_ACTIONS);
}
