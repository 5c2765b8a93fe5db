import { useDeferredValue, useMemo } from 'react';
import { useLoading } from '../../store/loading';
import { useSettings } from '../../store/settings';
import { formatCount } from '../../ui/format';
import { hiddenCounts } from '../../ui/hiddenCharacters';
import { prompt as words } from '../../ui/texts';

/** From so many characters a token of the context on, the length is told of; English has four or so. */
const LONG = 3;

/** What a person should know of a prompt that was pasted: characters that cannot be seen, and a length that the models may not hold. */
export function PromptNotes() {
  const prompt = useDeferredValue(useSettings((settings) => settings.prompt));
  const context = useLoading(({ manifest }) => (manifest ? manifest.models[manifest.pair.target]?.context : undefined));
  const hidden = useMemo(() => [...hiddenCounts(prompt)], [prompt]);
  const long = context !== undefined && prompt.length > LONG * context;
  const halves = hidden.some(([sign]) => /^U\+D[89A-F]/.test(sign));
  return (
    <div className="prompt-notes" role="status">
      {long ? <p>{words.long(formatCount(prompt.length), formatCount(context))}</p> : null}
      {hidden.length > 0 ? <p>{words.hidden(hidden.slice(0, 6).map(([sign, count]) => words.sign(sign, count)))}</p> : null}
      {halves ? <p>{words.halves}</p> : null}
    </div>
  );
}
