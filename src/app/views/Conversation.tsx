import { Converse as Conversation } from '../../features/conversation';
import { Notices } from '../../features/notices';
import { converse as words } from '../../ui/texts/conversation';
import './wide.css';

/** Several turns with the pair. */
export function Converse() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <Conversation />
    </main>
  );
}
