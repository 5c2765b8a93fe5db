import { tally } from '../../core/tally';
import { useLoading } from '../../store/loading';
import { type RunState, useRun } from '../../store/run';
import { summary, output as words } from '../../ui/texts';

/** One sentence on where the run is; announced when it begins to run, and when it has ended. */
export function RunStatus() {
  const loading = useLoading(
    ({ progress }) => Object.values(progress).some(({ phase }) => phase !== 'ready') || Object.keys(progress).length === 0,
  );
  const sentence = useRun((state) => statusSentence(state, loading));
  return (
    <p className="run-status" role="status">
      {sentence}
    </p>
  );
}

function statusSentence({ activity, events, started, stoppedEarly, failure }: RunState, loading: boolean): string {
  if (activity === 'stopping') return words.stopping;
  if (activity === 'running') return started || !loading ? words.running : words.waiting;
  if (stoppedEarly) return words.stoppedEarly;
  // The notice tells of the failure; the run that still stands has been told of.
  if (failure && !started) return '';
  const latest = events.at(-1);
  return latest?.type === 'end' ? summary(latest.reason, tally(events)) : '';
}
