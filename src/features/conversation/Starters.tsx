import { ask } from '../../actions/conversation';
import { isEmbedded, useTarget } from '../../store/engine/catalogue';
import { typeQuestion } from '../../store/modes/conversation';
import { Button } from '../../ui/Button';
import { conversation as words } from '../../ui/texts/conversation';

/** Questions that a conversation may begin with; each is asked at once. */
export function Starters() {
  const begin = (question: string) => {
    typeQuestion(question);
    if (ask.when()) void ask.perform();
  };
  const prompts = isEmbedded(useTarget()) ? words.starterPrompts : words.anyPromptStarters;
  return (
    <div className="starters">
      <h3>{words.starters}</h3>
      {prompts.map((question) => (
        <Button key={question} look="quiet" onPress={() => begin(question)}>
          {question}
        </Button>
      ))}
    </div>
  );
}
