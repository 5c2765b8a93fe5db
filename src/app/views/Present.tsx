import { Notices } from '../../features/notices';
import { Lane } from '../../features/playback';
import { PlaylistEditor, Stage } from '../../features/present';
import { RecordingNote } from '../../features/recording';
import { Stepper } from '../../features/stepper';
import { Stream } from '../../features/stream';
import { LESSONS } from '../../lessons';
import { usePresenter } from '../../store/presenter';
import { present as words } from '../../ui/texts/present';
import './wide.css';

/** The playlist, to be prepared; or what of it is presented. */
export function Present() {
  const presenting = usePresenter(({ at }) => at !== null);
  if (presenting) {
    return (
      <main>
        <Stage text={<Stream />} lane={<Lane />} steps={<Stepper />} notices={<Notices />} note={<RecordingNote />} />
      </main>
    );
  }
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <PlaylistEditor lessons={LESSONS} />
    </main>
  );
}
