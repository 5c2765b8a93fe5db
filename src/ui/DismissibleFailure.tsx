import type { Failure } from '../core/failure';
import { Button } from './Button';
import { FailureNotice } from './FailureNotice';
import { failures as words } from './texts';

/** A failure that stands until it is put away; nothing where there is none. */
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
