import { measureAllClaims } from '../../actions/claims';
import { deviceOf } from '../../core/run/device';
import { startOf } from '../../core/run/tally';
import { CLAIMS } from '../../core/study/claims';
import { dismissClaimsFailure, useClaims } from '../../store/modes/claims';
import { ActionButton } from '../../ui/ActionButton';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { StopButton } from '../../ui/StopButton';
import { claimWords as words } from '../../ui/texts/claims';
import { Claim } from './Claim';
import './claims.css';

/** Popular claims, each with this device's verdict and its runs. */
export function Claims() {
  const { evidence, failure } = useClaims();
  const starts = Object.values(evidence).flatMap((runs) => runs.flatMap(({ events }) => startOf(events) ?? []));
  const devices = new Set(starts.map(deviceOf));
  return (
    <>
      <div className="claims-head">
        <p>
          {words.intro} {[...devices].map(words.device).join(' ')}
        </p>
        <div className="claims-actions">
          <ActionButton action={measureAllClaims} look="primary" showKeys />
          <StopButton showKeys />
        </div>
      </div>
      <DismissibleFailure failure={failure} onDismiss={dismissClaimsFailure} />
      <ol className="claims">
        {CLAIMS.map((id) => (
          <li key={id}>
            <Claim id={id} />
          </li>
        ))}
      </ol>
    </>
  );
}
