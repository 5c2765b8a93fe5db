import type { TargetSpec } from '../../catalog/resolve';
import { adviceOf } from '../../core/cost/advice';
import { EXAMPLE } from '../../core/cost/figures';
import { calibrationOf, isTooCoarse, measureCalibration, useCalibration } from '../../store/engine/calibration';
import { wholePair } from '../../store/engine/catalogue';
import { isReady, useLoading } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { clock } from '../../ui/texts/clock';
import { hubModels as words } from '../../ui/texts/hubModels';

/** Whether speculation with the chosen draft pays on this device, by what was measured; nothing of a target that is not in use. */
export function Pay({ target, isChosen }: { readonly target: TargetSpec; readonly isChosen: boolean }) {
  const draft = useSettings((settings) => settings.draft);
  const loading = useLoading();
  const measuring = useCalibration((state) => state.measuring);
  useCalibration((state) => state.measured);
  const busy = useWork(({ current }) => current !== null);
  if (!isChosen || !target.model.rollsBack) return null;
  const pair = wholePair({ draft });
  const costs = calibrationOf(pair);
  const ready = pair !== null && isReady(pair, loading);
  const answer = costs ? words.payAnswer(adviceOf(costs, 1, EXAMPLE.context)) : isTooCoarse(pair) ? clock.costs : null;
  return (
    <p className="hub-pay">
      <b>{words.pay}</b> {answer ?? (measuring ? words.measuring : ready ? words.payUnmeasured : words.payUnloaded)}
      {answer === null && ready && !measuring ? (
        <Button look="quiet" disabled={busy} onPress={() => void measureCalibration(pair)}>
          {words.measureNow}
        </Button>
      ) : null}
    </p>
  );
}
