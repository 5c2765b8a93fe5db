import { useEffect, useState } from 'react';
import { copyText } from '../../actions/copyText';
import { useCanPerform } from '../../actions/useAction';
import { Button } from '../../ui/Button';
import { output as words } from '../../ui/texts';

const SHOWN_MS = 4000;

/** Copies the committed text, and says for a while whether it worked. */
export function CopyButton() {
  const can = useCanPerform(copyText);
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    if (answer === '') return;
    const timer = setTimeout(() => setAnswer(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [answer]);
  const copy = async () => {
    try {
      await copyText.perform();
      setAnswer(words.copied);
    } catch {
      setAnswer(words.notCopied);
    }
  };
  return (
    <div className="copy">
      <span role="status">{answer}</span>
      <Button look="quiet" disabled={!can} onPress={() => void copy()}>
        {copyText.label}
      </Button>
    </div>
  );
}
