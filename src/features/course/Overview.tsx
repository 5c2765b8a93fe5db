import { LESSONS, type Lesson } from '../../lessons';
import { minutesOf } from '../../lessons/sources';
import { useProgress } from '../../store/course/progress';
import { course as words } from '../../ui/texts/course';
import { lessonAddress, type Tool, toolAddress } from './path';

const TOOLS: readonly { readonly tool: Tool; readonly title: string; readonly summary: string }[] = [
  { tool: 'practice', title: words.practice, summary: words.practiceSummary },
  { tool: 'quiz', title: words.quiz, summary: words.quizSummary },
  { tool: 'questions', title: words.questions, summary: words.questionsSummary },
  { tool: 'tutor', title: words.tutor, summary: words.tutorSummary },
  { tool: 'words', title: words.words, summary: words.wordsSummary },
  { tool: 'progress', title: words.progress, summary: words.progressSummary },
];

/** All that there is to learn, and what of it has been read. */
export function Overview() {
  const read = useProgress((state) => state.progress.lessons);
  const next = LESSONS.find(({ id }) => !(id in read));
  return (
    <article className="overview">
      <h2 className="course-title">{words.heading}</h2>
      <p className="course-lead">{words.intro}</p>
      <p className="overview-state">
        {words.readCount(LESSONS.filter(({ id }) => id in read).length, LESSONS.length)}
        {next ? (
          <>
            {' · '}
            <a href={lessonAddress(next.id)}>{words.continueWith(next.title)}</a>
          </>
        ) : null}
      </p>
      <h3>{words.course}</h3>
      <Cards lessons={LESSONS.filter(({ kind }) => kind === 'course')} numbered />
      <h3>{words.beside}</h3>
      <Cards lessons={LESSONS.filter(({ kind }) => kind === 'beside')} />
      <h3>{words.tools}</h3>
      <ul className="overview-list">
        {TOOLS.map(({ tool, title, summary }) => (
          <li key={tool}>
            <a href={toolAddress(tool)}>{title}</a>
            <p>{summary}</p>
          </li>
        ))}
      </ul>
    </article>
  );
}

function Cards({ lessons, numbered = false }: { readonly lessons: readonly Lesson[]; readonly numbered?: boolean }) {
  const read = useProgress((state) => state.progress.lessons);
  return (
    <ol className={numbered ? 'overview-list numbered' : 'overview-list'}>
      {lessons.map(({ id, title, summary }) => (
        <li key={id}>
          <a href={lessonAddress(id)}>{title}</a>
          <span className="overview-minutes">
            {words.minutes(minutesOf(id))}
            {id in read ? ` · ${words.read}` : ''}
          </span>
          <p>{summary}</p>
        </li>
      ))}
    </ol>
  );
}
