import { tally } from '../../core/run/tally';
import { type ConversationState, useConversation } from '../../store/modes/conversation';
import { conversation as words } from '../../ui/texts/conversation';

/** One sentence on the last turn; announced when it begins, and when it has ended. */
export function ConversationStatus() {
  const sentence = useConversation(statusOf);
  return (
    <p className="conversation-status" role="status">
      {sentence}
    </p>
  );
}

function statusOf({ turns, asking, example }: ConversationState): string {
  const last = turns.at(-1);
  if (!last || example) return '';
  if (asking) return words.asking(turns.length);
  const { committed, acceptanceRate, tokensPerSecond } = tally(last.events);
  return committed === 0 ? '' : words.summary(turns.length, committed, acceptanceRate, tokensPerSecond);
}
