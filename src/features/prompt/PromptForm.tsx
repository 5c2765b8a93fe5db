import { useEffect, useRef } from 'react';
import { spellKeys } from '../../actions/registry';
import { run } from '../../actions/run';
import { stop } from '../../actions/stop';
import { dismissRunFailure, useRun } from '../../store/run';
import { changeSettings, useSettings } from '../../store/settings';
import { ActionButton } from '../../ui/ActionButton';
import { prompt as words } from '../../ui/texts';
import { Presets } from './Presets';
import './prompt.css';
import { RunSettings } from './RunSettings';

/** What is asked, how it is decoded, and the button that starts it. */
export function PromptForm() {
  return (
    <div className="prompt-form">
      <div className="ask">
        <PromptBox />
        <ActionButton action={run} look="primary" />
      </div>
      <Presets />
      <RunSettings />
      <p className="shortcuts">{words.shortcuts(spellKeys(run.keys[0] ?? ''), spellKeys(stop.keys[0] ?? ''))}</p>
    </div>
  );
}

function PromptBox() {
  const value = useSettings((settings) => settings.prompt);
  const failure = useRun((state) => state.failure);
  const empty = failure?.code === 'prompt-empty' ? failure : null;
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (empty) box.current?.focus();
  }, [empty]);
  return (
    <div className="prompt-box">
      <label className="field-label" htmlFor="prompt">
        {words.label}
      </label>
      <textarea
        id="prompt"
        ref={box}
        rows={2}
        value={value}
        placeholder={words.placeholder}
        aria-invalid={empty !== null}
        onChange={(event) => {
          if (empty) dismissRunFailure();
          changeSettings({ prompt: event.target.value });
        }}
      />
    </div>
  );
}
