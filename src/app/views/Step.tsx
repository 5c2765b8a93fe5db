import { Notices } from '../../features/notices';
import { Ask } from '../../features/prompt';
import { RecordingNote } from '../../features/recordings';
import { Stepper } from '../../features/stepper';
import { stepper as words } from '../../ui/texts/stepper';
import './wide.css';

/** The run on the page, one step of the algorithm at a time. */
export function Step() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Ask />
      <Notices />
      <RecordingNote />
      <Stepper />
    </main>
  );
}
