import { useEffect } from 'react';
import { clearConversation, leaveOut } from '../../actions/conversation';
import { contextUsed } from '../../core/modes/conversation';
import { dismissConversationFailure, useConversation } from '../../store/modes/conversation';
import { showExampleConversation } from '../../store/recordings/examples';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { failures } from '../../ui/texts';
import { conversation as words } from '../../ui/texts/conversation';
import { useFollowEnd } from '../../ui/tokens';
import { SettingsForm } from '../prompt';
import { ExampleNote } from '../recordings';
import { Composer } from './Composer';
import './conversation.css';
import { ConversationStatus } from './ConversationStatus';
import { Starters } from './Starters';
import { SystemMessage } from './SystemMessage';
import { Trend } from './Trend';
import { TurnArticle } from './TurnArticle';

/** Several turns with the pair, each with its marks and its acceptance, and the box for the next one. */
export function Conversation() {
  const turns = useConversation((state) => state.turns);
  const leftOut = useConversation((state) => state.leftOut);
  const example = useConversation((state) => state.example);
  useEffect(() => void showExampleConversation(), []);
  const asking = useConversation((state) => state.asking);
  const failure = useConversation((state) => state.failure);
  const system = useConversation((state) => state.system);
  const last = turns.at(-1);
  const endMark = useFollowEnd(turns.length, turns.length + (last?.events.length ?? 0), asking);
  return (
    <div className="conversation">
      <div className="conversation-turns">
        {turns.length === 0 || example ? (
          <div className="conversation-empty">
            <p className="conversation-intro">{words.intro}</p>
            <Starters />
          </div>
        ) : null}
        {example ? <ExampleNote about={example} own={words.own} /> : null}
        {turns.length === 0 ? null : (
          <ol className="turns" aria-label={words.turns}>
            {turns.map((turn, i) => (
              <TurnArticle
                // Turns are only added and taken at the end, or all at once.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                key={i}
                turn={turn}
                number={i + 1}
                leftOut={i < leftOut}
                isLast={i === turns.length - 1}
                asking={asking}
                recorded={example}
              />
            ))}
          </ol>
        )}
        {failure ? (
          <FailureNotice
            failure={failure.code === 'prompt-too-long' ? { ...failure, hint: system === '' ? words.full : words.fullWithSystem } : failure}
          >
            {failure.code === 'prompt-too-long' ? (
              <>
                <ActionButton action={leaveOut} look="quiet" />
                <ActionButton action={clearConversation} look="quiet" />
              </>
            ) : null}
            <Button look="quiet" onPress={dismissConversationFailure}>
              {failures.dismiss}
            </Button>
          </FailureNotice>
        ) : null}
        <span ref={endMark} className="conversation-end" />
      </div>
      <aside className="conversation-aside" aria-label={words.trend}>
        <Trend turns={turns} used={last ? contextUsed(last) : null} />
        <div className="conversation-tools">
          <ActionButton action={leaveOut} look="quiet" />
          <ActionButton action={clearConversation} look="quiet" />
        </div>
        <SystemMessage />
        <details className="fold">
          <summary>{words.settings}</summary>
          <SettingsForm />
        </details>
      </aside>
      <div className="conversation-next">
        <ConversationStatus />
        <Composer />
      </div>
    </div>
  );
}
