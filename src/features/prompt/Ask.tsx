import type { ReactNode } from 'react';
import type { Action } from '../../actions/action';
import { run } from '../../actions/run';
import type { Failure } from '../../core/failure';
import { dismissRunFailure, useRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { AnswersWhat } from './AnswersWhat';
import { Presets } from './Presets';
import { PromptBox } from './PromptBox';
import { PromptNotes } from './PromptNotes';
import './prompt.css';

interface AskProps {
  readonly action?: Action;
  /** Lines of the prompt that are shown at first. */
  readonly rows?: number;
  /** What was wrong with what `action` was asked, where that is not a run's; and what forgets it once the prompt is typed in. */
  readonly refused?: { readonly failure: Failure | null; readonly dismiss: () => void };
  readonly children?: ReactNode;
}

/** The prompt, its examples and a button, by default the one that runs it: for views that leave the settings to the first one. */
export function Ask({ action = run, rows = 1, refused, children }: AskProps) {
  const ofRun = useRun((state) => state.failure);
  const { failure, dismiss } = refused ?? { failure: ofRun, dismiss: dismissRunFailure };
  return (
    <div className="prompt-form">
      <div className="ask">
        <PromptBox rows={rows} refused={failure?.code === 'prompt-empty' ? failure : null} onMend={dismiss} />
        <ActionButton action={action} look="primary" />
      </div>
      <AnswersWhat />
      <PromptNotes />
      <Presets />
      {children}
    </div>
  );
}
