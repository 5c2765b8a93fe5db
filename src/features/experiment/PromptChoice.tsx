import { useId, useState } from 'react';
import { ownPrompt } from '../../core/study/experiment';
import { TEXT_KINDS } from '../../core/study/quality';
import { changeExperiment, useExperiment } from '../../store/modes/experiment';
import { EXPERIMENT_PROMPTS } from '../../store/modes/experimentPrompts';
import { tell } from '../../store/page/notice';
import { Button } from '../../ui/Button';
import { experiment } from '../../ui/texts/experiment';

const words = experiment.setup;

/** The prompts to measure on: given ones by their kind, and a person's own. */
export function PromptChoice() {
  const { chosen, own } = useExperiment((state) => state.form);
  const change = (prompt: string, wanted: boolean) =>
    changeExperiment({ chosen: wanted ? [...chosen, prompt] : chosen.filter((each) => each !== prompt) });
  const takeAway = (prompt: string) => {
    changeExperiment({ own: own.filter((each) => each !== prompt) });
    tell(words.taken, () => changeExperiment({ own }));
  };
  return (
    <fieldset className="prompt-choice">
      <legend>{words.prompts}</legend>
      <ul>
        {TEXT_KINDS.filter((kind) => EXPERIMENT_PROMPTS.some((each) => each.kind === kind)).map((kind) => (
          <li key={kind}>
            <span className="prompt-kind">{experiment.kinds[kind]}</span>
            {EXPERIMENT_PROMPTS.filter((each) => each.kind === kind).map(({ prompt }) => (
              <label key={prompt}>
                <input type="checkbox" checked={chosen.includes(prompt)} onChange={(event) => change(prompt, event.target.checked)} />
                <span>{prompt}</span>
              </label>
            ))}
          </li>
        ))}
        {own.map((prompt) => (
          <li key={prompt}>
            <span className="prompt-kind">{experiment.kinds[ownPrompt(prompt).kind]}</span>
            <span className="prompt-own">
              <span>{prompt}</span>
              <Button look="quiet" name={`${words.remove}: ${prompt}`} onPress={() => takeAway(prompt)}>
                {words.remove}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <OwnPrompt />
    </fieldset>
  );
}

function OwnPrompt() {
  const id = useId();
  const [text, setText] = useState('');
  const { own } = useExperiment((state) => state.form);
  const isNew = text.trim() !== '' && !own.includes(text);
  const add = () => {
    changeExperiment({ own: [...own, text] });
    setText('');
  };
  return (
    <div className="own-prompt">
      <label className="field-label" htmlFor={id}>
        {words.own}
      </label>
      <textarea id={id} rows={1} value={text} placeholder={words.ownPlaceholder} onChange={(event) => setText(event.target.value)} />
      <Button look="small" disabled={!isNew} onPress={add}>
        {words.add}
      </Button>
    </div>
  );
}
