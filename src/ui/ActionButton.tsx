import type { Action } from '../actions/action';
import { performAction } from '../actions/performAction';
import { ariaKeys, spellKeys } from '../actions/registry';
import { useCanPerform } from '../actions/useAction';
import { useKeyIsTaken } from '../actions/useKeyIsTaken';
import { Button } from './Button';

export interface ActionButtonProps {
  readonly action: Action;
  readonly look?: 'normal' | 'small' | 'primary' | 'quiet';
  /** Whether its first shortcut is written on it, wherever that works. */
  readonly showKeys?: boolean;
}

/** The button of `action`: its label, its shortcut, and whether it can be done now. */
export function ActionButton({ action, look = 'normal', showKeys = false }: ActionButtonProps) {
  const can = useCanPerform(action);
  const [keys] = action.keys;
  return (
    <Button look={look} disabled={!can} keyShortcuts={ariaKeys(action.keys)} onPress={() => void performAction(action)}>
      {action.label}
      {showKeys && keys ? <WrittenKeys keys={keys} /> : null}
    </Button>
  );
}

/** Keeps its room where the key is taken, so that no button moves with the focus. */
function WrittenKeys({ keys }: { readonly keys: string }) {
  const taken = useKeyIsTaken(keys);
  return (
    <span className="button-keys" aria-hidden="true" data-taken={taken || undefined}>
      {spellKeys(keys)}
    </span>
  );
}
