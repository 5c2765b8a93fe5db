import type { Failure } from '../core/failure';
import { Button } from './Button';
import { FailureNotice } from './FailureNotice';
import { failures as words } from './texts';

/** A failure, shown until it is dismissed; nothing without one. */
export function DismissibleFailure({ failure, onDismiss }: { readonly failure: Failure | null; readonly onDismiss: () => void }) {
  if (!failure) return null;
  return (
    <FailureNotice failure={failure}>
      <Button look="quiet" onPress={onDismiss}>
        {words.dismiss}
      </Button>
    </FailureNotice>
  );
}
