import type { ReactNode } from 'react';
import type { Action } from '../../actions/action';
import { run } from '../../actions/run';
import { ActionButton } from '../../ui/ActionButton';
import { Presets } from './Presets';
import { PromptBox } from './PromptBox';
import { PromptNotes } from './PromptNotes';
import './prompt.css';

interface AskProps {
  readonly action?: Action;
  /** Lines of the prompt that are shown at first. */
  readonly rows?: number;
  readonly children?: ReactNode;
}

/** The prompt, its examples and a button, by default the one that runs it: for views that leave the settings to the first one. */
export function Ask({ action = run, rows = 1, children }: AskProps) {
  return (
    <div className="prompt-form">
      <div className="ask">
        <PromptBox rows={rows} />
        <ActionButton action={action} look="primary" />
      </div>
      <PromptNotes />
      <Presets />
      {children}
    </div>
  );
}
