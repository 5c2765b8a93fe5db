import { startExperiment } from '../../actions/experiment';
import { stop } from '../../actions/stop';
import { dismissExperimentFailure, useExperiment } from '../../store/experiment';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { failures } from '../../ui/texts';
import { BlindVote } from './BlindVote';
import './experiment.css';
import { ExperimentProgress } from './ExperimentProgress';
import { Findings } from './Findings';
import { Setup } from './Setup';
import { TypedWorksheet } from './TypedWorksheet';
import { Worksheet } from './Worksheet';

/** Prompts, drafts and draft lengths measured against plain decoding, with the worksheet that comes of it. */
export function Experiment() {
  const failure = useExperiment((state) => state.failure);
  const measured = useExperiment((state) => state.measured);
  return (
    <>
      <Setup />
      <div className="experiment-start">
        <ActionButton action={startExperiment} look="primary" showKeys />
        <ActionButton action={stop} showKeys />
        <ExperimentProgress />
      </div>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={dismissExperimentFailure}>
            {failures.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
      {measured.length > 0 ? <Findings measured={measured} /> : null}
      <Worksheet measured={measured} />
      <BlindVote measured={measured} />
      <TypedWorksheet />
    </>
  );
}
