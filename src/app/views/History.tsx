import { PinnedComparison, History as Runs } from '../../features/history';
import { Notices } from '../../features/notices';
import { Ask } from '../../features/prompt';
import { OutputBar } from '../../features/stream';
import { historyWords as words } from '../../ui/texts/history';
import './wide.css';

/** The runs that were made, one of them pinned beside the one on the page. */
export function History() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Ask />
      <Notices />
      <OutputBar />
      <PinnedComparison />
      <Runs />
    </main>
  );
}
