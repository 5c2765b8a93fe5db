import { loadAgain } from '../../actions/loadAgain';
import { dismissLoadingFailure, useLoading } from '../../store/engine/loading';
import { dismissRecordingFailure, useRecording } from '../../store/recordings/recording';
import { dismissRunFailure, useRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { FailureNotice } from '../../ui/FailureNotice';
import { failures as words } from '../../ui/texts';
import './notices.css';

/** The failures of the last run, of the last recording that was opened and of the last loading, until they are dismissed or the next attempt begins. */
export function Notices() {
  const runFailure = useRun((state) => state.failure);
  const recordingFailure = useRecording((state) => state.failure);
  const loadFailure = useLoading((state) => state.failure);
  // One cause often fails both; it is said once.
  const loadShown = loadFailure && loadFailure.message !== runFailure?.message ? loadFailure : null;
  return (
    <div className="notices">
      <DismissibleFailure failure={runFailure} onDismiss={dismissRunFailure} />
      <DismissibleFailure failure={recordingFailure} onDismiss={dismissRecordingFailure} />
      {loadShown ? (
        <FailureNotice failure={loadShown}>
          <ActionButton action={loadAgain} look="quiet" />
          <Button look="quiet" onPress={dismissLoadingFailure}>
            {words.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
    </div>
  );
}
