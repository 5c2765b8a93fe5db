import { spellKeys } from '../../actions/registry';
import { STEP_BUTTONS, STEP_KEYS } from '../../actions/step';
import { ActionButton } from '../../ui/ActionButton';

/** The ways through the run: a button for each that is taken often, the others by their keys. */
export function StepControls() {
  return (
    <div className="step-controls">
      {STEP_BUTTONS.map((action) => (
        <ActionButton key={action.id} action={action} look="small" showKeys />
      ))}
      <p className="step-keys">
        {STEP_KEYS.map(({ id, label, keys }) => (
          <span key={id}>
            <kbd>{keys.map(spellKeys)}</kbd> {label}
          </span>
        ))}
      </p>
    </div>
  );
}
