import { measureCalibration, useCalibration, useTooCoarse } from '../../../store/engine/calibration';
import { useWork } from '../../../store/engine/work';
import { Button } from '../../../ui/Button';
import { clock } from '../../../ui/texts/clock';
import { live as words } from '../../../ui/texts/live';

/** In place of figures that this device's costs are needed for. */
export function UnmeasuredNote() {
  const measuring = useCalibration((state) => state.measuring);
  const failure = useCalibration((state) => state.failure);
  const tooCoarse = useTooCoarse();
  const busy = useWork((state) => state.current !== null);
  return (
    <div className="live-missing">
      <p role="status">{measuring ? words.measuring : tooCoarse ? clock.costs : words.unmeasured}</p>
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      <Button look="small" disabled={measuring || busy} onPress={() => void measureCalibration()}>
        {words.measure}
      </Button>
    </div>
  );
}
