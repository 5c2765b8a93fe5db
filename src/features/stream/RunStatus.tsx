import { tally } from '../../core/tally';
import { type RunState, useRun } from '../../store/run';
import { summary, output as words } from '../../ui/texts';

/** One sentence on where the run is; announced when it begins to run, and when it has ended. */
export function RunStatus() {
  const sentence = useRun(statusSentence);
  return (
    <p className="run-status" role="status">
      {sentence}
    </p>
  );
}

function statusSentence({ activity, events, started, stoppedEarly }: RunState): string {
  if (activity === 'stopping') return words.stopping;
  if (activity === 'running') return started ? words.running : words.waiting;
  if (stoppedEarly) return words.stoppedEarly;
  const latest = events.at(-1);
  return latest?.type === 'end' ? summary(latest.reason, tally(events)) : '';
}
