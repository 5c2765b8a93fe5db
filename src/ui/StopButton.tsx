import { stop } from '../actions/stop';
import { useCalibration } from '../store/engine/calibration';
import { useWork } from '../store/engine/work';
import { ActionButton, type ActionButtonProps } from './ActionButton';

/** Stop, in a place of its own that is kept free while nothing is at work. One that has the focus stays until that moves on, so that nobody is thrown to the top of the page. */
export function StopButton(props: Omit<ActionButtonProps, 'action'>) {
  const idle = useWork(({ current }) => current === null);
  const measuring = useCalibration(({ asked }) => asked);
  return (
    <span className="stop" data-idle={(idle && !measuring) || undefined}>
      <ActionButton action={stop} {...props} />
    </span>
  );
}
