import type { Action } from '../actions/action';
import { ariaKeys } from '../actions/registry';
import { useCanPerform } from '../actions/useAction';
import { Button } from './Button';

/** The button of `action`: its label, its shortcut, and whether it can be done now. */
export function ActionButton({ action, look }: { readonly action: Action; readonly look?: 'normal' | 'small' | 'primary' | 'quiet' }) {
  const can = useCanPerform(action);
  return (
    <Button look={look ?? 'normal'} disabled={!can} keyShortcuts={ariaKeys(action.keys)} onPress={() => void action.perform()}>
      {action.label}
    </Button>
  );
}
