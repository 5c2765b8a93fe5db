import { BeTheDraft as BeTheDraftView } from '../../features/beTheDraft';
import { Notices } from '../../features/notices';
import { beTheDraft as words } from '../../ui/texts/beTheDraft';
import './wide.css';

/** A person drafts instead of the draft model. */
export function BeTheDraft() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <BeTheDraftView />
    </main>
  );
}
