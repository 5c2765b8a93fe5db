import { startExperiment } from '../../actions/experiment';
import { dismissExperimentFailure, useExperiment } from '../../store/modes/experiment';
import { ActionButton } from '../../ui/ActionButton';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { StopButton } from '../../ui/StopButton';
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
        <StopButton showKeys />
        <ExperimentProgress />
      </div>
      <DismissibleFailure failure={failure} onDismiss={dismissExperimentFailure} />
      {measured.length > 0 ? <Findings measured={measured} /> : null}
      <Worksheet measured={measured} />
      <BlindVote measured={measured} />
      <TypedWorksheet />
    </>
  );
}
