import { startOf } from '../../core/tally';
import { Costs } from '../../features/costs';
import { Counts } from '../../features/counts';
import { ExportRun } from '../../features/exports';
import { Idea } from '../../features/idea';
import { Legend } from '../../features/legend';
import { Loading } from '../../features/loading';
import { Notices } from '../../features/notices';
import { OfflineLine } from '../../features/offline';
import { Lane, Playback, TimelineKey } from '../../features/playback';
import { PromptForm } from '../../features/prompt';
import { RecordingNote } from '../../features/recording';
import { OutputBar, Stream } from '../../features/stream';
import { usePlayback } from '../../store/playback';
import { useShownRecording } from '../../store/recording';
import { useRun } from '../../store/run';
import { useSettings } from '../../store/settings';
import { page } from '../../ui/texts';
import './watch.css';

/** The prompt, the models, the output as it is drafted and judged, and its counts. */
export function Watch() {
  return (
    <main className="page">
      <section className="area-prompt" aria-label={page.ask}>
        <PromptForm />
      </section>
      <div className="area-output">
        <Notices />
        <Output />
      </div>
      <div className="area-side">
        <div className="area-models">
          <Loading />
          <OfflineLine />
        </div>
        <div className="area-counts">
          <Counts />
          <Costs />
          <ExportRun />
        </div>
      </div>
    </main>
  );
}

function Output() {
  const start = startOf(useRun((state) => state.events));
  const chosen = useSettings((settings) => settings.mode);
  const playing = usePlayback((state) => state.playing);
  const opening = useShownRecording()?.opening ?? false;
  const mode = start?.settings.mode ?? chosen;
  return (
    <section>
      <OutputBar />
      <RecordingNote />
      {start ? (
        <>
          <Playback />
          <Legend mode={mode}>
            <TimelineKey />
          </Legend>
          {mode === 'speculative' ? <Lane /> : null}
        </>
      ) : (
        <Idea />
      )}
      <Stream />
      {opening && !playing ? <Idea /> : null}
    </section>
  );
}
