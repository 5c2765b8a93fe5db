import { dismissProgressFailure, useProgress } from '../../store/course/progress';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { progressTools as words } from '../../ui/texts/course';

/** Why stored progress, or a file's, cannot be used. */
export function ProgressNotice() {
  const { failure, frozen } = useProgress();
  if (!failure) return null;
  return (
    <div className="progress-notice">
      <FailureNotice failure={frozen ? { ...failure, hint: `${failure.hint} ${words.frozen}` } : failure}>
        <Button look="quiet" onPress={dismissProgressFailure}>
          {words.dismiss}
        </Button>
      </FailureNotice>
    </div>
  );
}
