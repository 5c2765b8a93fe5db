import { Conversation as ConversationView } from '../../features/conversation';
import { Notices } from '../../features/notices';
import { conversation as words } from '../../ui/texts/conversation';
import './wide.css';

/** Several turns with the pair. */
export function Conversation() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <ConversationView />
    </main>
  );
}
