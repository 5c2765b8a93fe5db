import { measureCalibration, useCalibration } from '../../../store/calibration';
import { useWork } from '../../../store/work';
import { Button } from '../../../ui/Button';
import { live as words } from '../../../ui/texts/live';

/** In place of figures that this device's costs are needed for. */
export function Unmeasured() {
  const measuring = useCalibration((state) => state.measuring);
  const failure = useCalibration((state) => state.failure);
  const busy = useWork((state) => state.current !== null);
  return (
    <div className="live-missing">
      <p role="status">{measuring ? words.measuring : words.unmeasured}</p>
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      <Button look="small" disabled={measuring || busy} onPress={() => void measureCalibration()}>
        {words.measure}
      </Button>
    </div>
  );
}
