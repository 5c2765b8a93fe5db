import { useId } from 'react';
import { resetCourse, saveProgress } from '../../actions/progress';
import { LESSONS } from '../../lessons';
import { importProgress, useProgress } from '../../store/course/progress';
import { tell } from '../../store/page/notice';
import { ActionButton } from '../../ui/ActionButton';
import { course, progressTools as words } from '../../ui/texts/course';
import { ScoreHistory } from './quiz/ScoreHistory';

/** What is kept of a person's way through the course, and what can be done with all of it. */
export function ProgressPage() {
  const progress = useProgress((state) => state.progress);
  const file = useId();
  return (
    <article>
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.kept}</p>
      <p>{course.readCount(LESSONS.filter(({ id }) => id in progress.lessons).length, LESSONS.length)}</p>
      <ScoreHistory />
      <div className="progress-tools">
        <ActionButton action={saveProgress} />
        <label className="button file-button" htmlFor={file}>
          {words.import}
          <input
            id={file}
            type="file"
            accept="application/json,.json"
            onChange={async ({ target }) => {
              const [chosen] = target.files ?? [];
              // The same file can be chosen again.
              const undo = chosen ? importProgress(await chosen.text()) : null;
              if (undo) tell(words.replaced, undo);
              target.value = '';
            }}
          />
        </label>
        <ActionButton action={resetCourse} />
      </div>
    </article>
  );
}
