import { copyText } from '../../actions/copyText';
import { useCanPerform } from '../../actions/useAction';
import { Button } from '../../ui/Button';
import { output as words } from '../../ui/texts';
import { useAnswer } from '../../ui/useAnswer';

/** Copies the committed text, and says for a while whether it worked. */
export function CopyButton() {
  const can = useCanPerform(copyText);
  const [answer, attempt] = useAnswer(words.copied, words.notCopied);
  return (
    <div className="copy">
      <span role="status">{answer}</span>
      <Button look="quiet" disabled={!can} onPress={() => void attempt(copyText.perform)}>
        {copyText.label}
      </Button>
    </div>
  );
}
