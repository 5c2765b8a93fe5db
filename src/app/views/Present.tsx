import { startOf } from '../../core/run/tally';
import { Legend } from '../../features/legend';
import { Notices } from '../../features/notices';
import { DraftLane } from '../../features/playback';
import { PlaylistEditor, Stage } from '../../features/present';
import { RecordingNote } from '../../features/recordings';
import { Stepper } from '../../features/stepper';
import { Stream } from '../../features/stream';
import { LESSONS } from '../../lessons';
import { usePresenter } from '../../store/present/presenter';
import { useRun } from '../../store/run/run';
import { present as words } from '../../ui/texts/present';
import { VIEWS } from '../views';
import './wide.css';

/** Views of one run, which the playlist holds as such, of the lessons, and of the person's own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['watch', 'step', 'history', 'learn', 'present']);

/** The playlist, to be prepared; or what of it is presented. */
export function Present() {
  const presenting = usePresenter(({ at }) => at !== null);
  const mode = useRun(({ events }) => startOf(events)?.settings.mode ?? 'speculative');
  if (presenting) {
    return (
      <main>
        <Stage
          text={<Stream />}
          lane={<DraftLane />}
          steps={<Stepper />}
          legend={<Legend mode={mode} />}
          notices={<Notices />}
          note={<RecordingNote />}
        />
      </main>
    );
  }
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <PlaylistEditor lessons={LESSONS} views={VIEWS.filter(({ id }) => !ELSEWHERE.has(id))} />
    </main>
  );
}
