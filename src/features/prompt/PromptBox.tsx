import { useEffect, useRef } from 'react';
import type { Failure } from '../../core/failure';
import { changeSettings, useSettings } from '../../store/run/settings';
import { prompt as words } from '../../ui/texts';

interface PromptBoxProps {
  readonly rows: number;
  /** That it was empty when something was asked; every time it brings the focus here. */
  readonly refused: Failure | null;
  /** Called when it is typed in while it is refused. */
  readonly onMend: () => void;
}

/** What is asked. */
export function PromptBox({ rows, refused, onMend }: PromptBoxProps) {
  const value = useSettings((settings) => settings.prompt);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (refused) box.current?.focus();
  }, [refused]);
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
        aria-invalid={refused !== null}
        onChange={(event) => {
          if (refused) onMend();
          changeSettings({ prompt: event.target.value });
        }}
      />
    </div>
  );
}
