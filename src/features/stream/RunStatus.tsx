import { tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { useWork } from '../../store/engine/work';
import { usePlayback, useShownEvents } from '../../store/recordings/playback';
import { type RecordingState, useShownRecording } from '../../store/recordings/recording';
import { type RunState, useRun } from '../../store/run/run';
import { summary, output as words } from '../../ui/texts';
import { recording as recordingWords } from '../../ui/texts/recording';
import { useAwaited } from '../../ui/useAwaited';

const NOTHING: readonly RunEvent[] = [];

/** One sentence on where the run is; announced when it begins to run, and when it has ended. */
export function RunStatus() {
  const awaited = useAwaited(useRun(({ events, started }) => (started ? events : NOTHING)));
  const recording = useShownRecording();
  const playing = usePlayback((state) => state.playing);
  const shown = useShownEvents();
  const soFar = useRun(({ events }) => shown.length < events.length);
  const serving = useWork(({ current }) => current === 'api');
  const sentence = useRun((state) => (serving ? words.serving : statusSentence(state, awaited, { recording, playing, soFar })));
  return (
    <p className="run-status" role="status">
      {sentence}
    </p>
  );
}

interface Shown {
  readonly recording: RecordingState['opened'];
  readonly playing: boolean;
  /** Whether the run is shown at a moment before its end. */
  readonly soFar: boolean;
}

function statusSentence(
  { activity, events, started, stoppedEarly, failure }: RunState,
  awaited: string,
  { recording, playing, soFar }: Shown,
): string {
  if (activity === 'stopping') return words.stopping;
  if (activity === 'running') return awaited;
  if (stoppedEarly) return words.stoppedEarly;
  // The notice reports the failure; the run on the page was announced before.
  if (failure && !started) return '';
  const latest = events.at(-1);
  if (latest?.type !== 'end') return '';
  if (recording && playing) return recordingWords.playing;
  // Figures come with what a person asks for.
  if (recording?.opening) return '';
  // Those of the whole run would stand beside those of the moment.
  if (soFar) return words.soFar;
  return !recording ? summary(latest, tally(events)) : recordingWords.status(summary(latest, tally(events)));
}
