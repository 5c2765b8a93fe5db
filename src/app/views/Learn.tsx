import { Course } from '../../features/course';
import { Legend } from '../../features/legend';
import { Notices } from '../../features/notices';
import { Stream } from '../../features/stream';
import './learn.css';

/** Lessons that run the models, practice, a quiz, the words of the field, and a tutor. */
export function Learn() {
  return (
    <main className="page-learn">
      <Course notices={<Notices />} output={<Output />} />
    </main>
  );
}

/** The run on the page, as the lessons show it. */
function Output() {
  return (
    <>
      <Legend mode="speculative" />
      <Stream />
    </>
  );
}
