import type { ModelSpec } from '../../catalog/spec';
import { useWork } from '../../store/engine/work';
import { removeModel } from '../../store/models/ownModels';
import { AskBack } from '../../ui/AskBack';
import { settings } from '../../ui/texts';
import { models as words } from '../../ui/texts/models';

interface RemovalQuestionProps {
  readonly model: ModelSpec;
  readonly question: string;
  /** Called once it is answered, before anything is deleted. */
  readonly onAnswer: () => void;
}

/** Asks back before `model` is deleted, and deletes it where the answer is yes; not while the models are at work. */
export function RemovalQuestion({ model, question, onAnswer }: RemovalQuestionProps) {
  const busy = useWork(({ current }) => current !== null);
  return (
    <AskBack
      question={question}
      verb={words.remove}
      keep={words.keep}
      heldBack={busy ? settings.unused.busy : null}
      onVerb={() => {
        onAnswer();
        void removeModel(model.id);
      }}
      onKeep={onAnswer}
    />
  );
}
