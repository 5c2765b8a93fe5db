import { useEffect } from 'react';
import { compareOutputs } from '../../actions/proof';
import { PROOF_GAMMA, proofKind, SAMPLE_LIMITS } from '../../core/study/proof';
import { useWork } from '../../store/engine/work';
import { changeSamplePlan, dismissProofFailure, useProof } from '../../store/modes/proof';
import { showExampleProof } from '../../store/recordings/examples';
import { useSettings } from '../../store/run/settings';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { NumberField } from '../../ui/NumberField';
import { StopButton } from '../../ui/StopButton';
import { proof as words } from '../../ui/texts/proof';
import { Ask, SettingsForm } from '../prompt';
import { ExampleNote } from '../recordings';
import { DistributionProof } from './DistributionProof';
import { IdsProof } from './IdsProof';
import './proof.css';

/** One button that decodes both ways and says whether the output is the same, by ids or by distribution. */
export function Proof() {
  const { temperature, rule, adaptive } = useSettings();
  const failure = useProof((state) => state.failure);
  const proving = useWork(({ current }) => current === 'proof');
  const example = useProof((state) => state.example);
  useEffect(() => void showExampleProof(), []);
  const kind = proofKind({ temperature, rule });
  return (
    <>
      <Ask action={compareOutputs}>
        <SettingsForm withMode={false} />
        {kind === 'distribution' ? <SamplePlanFields /> : null}
        <p className="proof-asks">
          {words.asks[kind]}
          {kind === 'distribution' && adaptive ? words.distribution.fixedLength(PROOF_GAMMA) : null}
        </p>
      </Ask>
      <DismissibleFailure failure={failure} onDismiss={dismissProofFailure} />
      <section className="proof" aria-label={words[kind].heading}>
        <div className="proof-bar">
          <h3>{words[kind].heading}</h3>
          <StopButton look="small" showKeys />
        </div>
        {kind === 'ids' && example ? <ExampleNote about={example} own={words.own} /> : null}
        {kind === 'ids' ? <IdsProof proving={proving} /> : <DistributionProof proving={proving} />}
      </section>
    </>
  );
}

function SamplePlanFields() {
  const { size, tokens } = useProof((state) => state.plan);
  return (
    <div className="run-settings">
      <NumberField label={words.size} value={size} onChange={(value) => changeSamplePlan({ size: value })} {...SAMPLE_LIMITS.size} />
      <NumberField
        label={words.tokens}
        value={tokens}
        onChange={(value) => changeSamplePlan({ tokens: value })}
        {...SAMPLE_LIMITS.tokens}
      />
    </div>
  );
}
