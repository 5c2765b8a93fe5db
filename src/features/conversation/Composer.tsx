import { type KeyboardEvent, useEffect, useRef } from 'react';
import { ask } from '../../actions/conversation';
import { typeQuestion, useConversation } from '../../store/modes/conversation';
import { ActionButton } from '../../ui/ActionButton';
import { StopButton } from '../../ui/StopButton';
import { conversation as words } from '../../ui/texts/conversation';

/** The box for the next turn. It keeps the focus, and what is typed while an answer comes. */
export function Composer() {
  const question = useConversation((state) => state.question);
  const empty = useConversation(({ failure }) => failure?.code === 'prompt-empty');
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (empty) box.current?.focus();
  }, [empty]);
  const send = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (ask.when()) void ask.perform();
  };
  return (
    <div className="composer">
      <div className="composer-box">
        <label className="field-label" htmlFor="question">
          {words.question}
        </label>
        <textarea
          id="question"
          ref={box}
          rows={1}
          value={question}
          placeholder={words.placeholder}
          aria-invalid={empty}
          onChange={(event) => typeQuestion(event.target.value)}
          onKeyDown={send}
        />
      </div>
      <ActionButton action={ask} look="primary" />
      <StopButton />
    </div>
  );
}
