import { useWork } from '../store/engine/work';

/** Whether the models are free for what a person asks. */
export const isIdle = () => useWork.getState().current === null;

/** Why what needs the models cannot be done now; '' while they are free. */
export function whyBusy(): string {
  const { current, stopping } = useWork.getState();
  if (current === null) return '';
  return stopping ? 'The models are stopping; try again in a moment.' : 'The models are busy; Esc stops them.';
}
