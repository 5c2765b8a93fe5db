import { useEffect, useRef } from 'react';
import { dismissRunFailure, useRun } from '../../store/run';
import { changeSettings, useSettings } from '../../store/settings';
import { prompt as words } from '../../ui/texts';

/** What is asked. An empty prompt that was run brings the focus back here. */
export function PromptBox({ rows }: { readonly rows: number }) {
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
        dir="auto"
        ref={box}
        rows={rows}
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
