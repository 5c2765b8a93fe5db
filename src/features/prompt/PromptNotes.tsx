import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { isEmbedded, useTarget } from '../../store/engine/catalogue';
import { chooseTarget } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { formatCount } from '../../ui/format';
import { hiddenCounts } from '../../ui/hiddenCharacters';
import { prompt as words } from '../../ui/texts';
import { type Strange, whyStrange } from './familiar';
import { useOffers } from './offers';

/** From so many characters for each token of the context, the page shows the prompt's length; English has about four. */
const LONG = 3;

/** A prompt is judged when it has stood for so long, in milliseconds: half of a question is like nothing that the pair knows. */
const TYPED_AFTER = 600;

/**
 * What a person should know of a prompt before it is run: that it is far from what the pair can write and, where it was pasted, that it has
 * characters that cannot be seen, or a length that the models may not hold.
 */
export function PromptNotes() {
  const prompt = useDeferredValue(useSettings((settings) => settings.prompt));
  const target = useTarget();
  const context = target?.model.context;
  const hidden = useMemo(() => [...hiddenCounts(prompt)], [prompt]);
  const long = context !== undefined && prompt.length > LONG * context;
  const strange = useStrange(isEmbedded(target));
  const halves = hidden.some(([sign]) => /^U\+D[89A-F]/.test(sign));
  return (
    <div className="prompt-notes" role="status">
      {strange ? <p className="prompt-strange">{words.strange[strange]}</p> : null}
      {strange ? <OtherTargets /> : null}
      {long ? <p>{words.long(formatCount(prompt.length), formatCount(context))}</p> : null}
      {hidden.length > 0 ? <p>{words.hidden(hidden.slice(0, 6).map(([sign, count]) => words.sign(sign, count)))}</p> : null}
      {halves ? <p>{words.halves}</p> : null}
    </div>
  );
}

/** Targets that answer any prompt, each chosen in one click. */
function OtherTargets() {
  const offers = useOffers().filter(({ answersAnything }) => answersAnything);
  const busy = useWork(({ current }) => current !== null);
  if (offers.length === 0) return null;
  return (
    <p className="prompt-offers">
      {words.other}
      {offers.map(({ id, label }) => (
        <Button key={id} look="small" disabled={busy} onPress={() => choose(id)}>
          {label}
        </Button>
      ))}
    </p>
  );
}

/** The offer goes with the choice, so the focus goes to the prompt. */
function choose(id: string): void {
  void chooseTarget(id);
  document.getElementById('prompt')?.focus();
}

/** Why the embedded pair was not trained on the prompt, once it is typed; null for another pair. @param embedded whether that pair is chosen */
function useStrange(embedded: boolean): Strange | null {
  const prompt = useSettings((settings) => settings.prompt);
  const [judged, setJudged] = useState(prompt);
  useEffect(() => {
    const timer = setTimeout(() => setJudged(prompt), TYPED_AFTER);
    return () => clearTimeout(timer);
  }, [prompt]);
  const isJudged = embedded && judged === prompt && prompt.trim() !== '';
  return useMemo(() => (isJudged ? whyStrange(prompt) : null), [isJudged, prompt]);
}
