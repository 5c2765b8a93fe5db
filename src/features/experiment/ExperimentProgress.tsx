import { estimateLeftMs } from '../../core/study/experiment';
import { useWork } from '../../store/engine/work';
import { useExperiment } from '../../store/modes/experiment';
import { formatDuration } from '../../ui/format';
import { Progress } from '../../ui/Progress';
import { experiment } from '../../ui/texts/experiment';

const words = experiment.progress;

/** How far the experiment has come, and how long the rest will take; announced when it has ended. */
export function ExperimentProgress() {
  const { planned, measured } = useExperiment();
  const running = useWork(({ current }) => current === 'experiment');
  if (!planned && !running) return null;
  const left = planned ? estimateLeftMs(measured, planned.slice(measured.length)) : null;
  const done = measured.length;
  const ended = planned !== null && done === planned.length;
  const state = running ? (left === null || done === 0 ? words.loading : words.left(formatDuration(left))) : ended ? null : words.stopped;
  const text = [words.done(done, planned?.length ?? 0), state].filter(Boolean).join(' · ');
  return (
    <div className="experiment-progress">
      <Progress label={words.label} done={done} total={planned?.length ?? 1} text={planned ? text : words.loading} />
      <p className="visually-hidden" role="status">
        {running ? '' : `${words.ended(done)} ${ended ? '' : words.stopped}`}
      </p>
    </div>
  );
}
