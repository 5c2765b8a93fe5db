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

function statusSentence({ activity, events }: RunState): string {
  const latest = events.at(-1);
  if (activity === 'stopping') return words.stopping;
  if (activity === 'running') return latest && latest.type !== 'end' ? words.running : words.waiting;
  if (latest?.type !== 'end') return '';
  const counts = tally(events);
  if (latest.reason === 'aborted' && counts.rounds === 0) return words.stoppedEarly;
  return summary(latest.reason, counts);
}
