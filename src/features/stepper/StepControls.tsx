import { STEP_ACTIONS } from '../../actions/step';
import { ActionButton } from '../../ui/ActionButton';

/** The ways through the run, each with its key. */
export function StepControls() {
  return (
    <div className="step-controls">
      {STEP_ACTIONS.map((action) => (
        <ActionButton key={action.id} action={action} look="small" showKeys />
      ))}
    </div>
  );
}
