import { LESSONS, type Lesson } from '../../lessons';
import { useProgress } from '../../store/course/progress';
import { course as words } from '../../ui/texts/course';
import { type CoursePath, lessonAddress, type Tool, toolAddress } from './path';

const TOOLS: readonly { readonly tool: Tool; readonly label: string }[] = [
  { tool: 'practice', label: words.practice },
  { tool: 'quiz', label: words.quiz },
  { tool: 'questions', label: words.questions },
  { tool: 'tutor', label: words.tutor },
  { tool: 'words', label: words.words },
  { tool: 'progress', label: words.progress },
];

/** The ways through the course: open next to the page if there is room, folded above it if not. */
export function Contents({ path }: { readonly path: CoursePath }) {
  return (
    <nav className="contents" aria-label={words.contents}>
      <details className="contents-fold" open={innerWidth >= WIDE}>
        <summary>{words.contents}</summary>
        <p>
          <a href="#learn" aria-current={path.kind === 'overview' ? 'page' : undefined}>
            {words.start}
          </a>
        </p>
        <LessonList name={words.course} lessons={LESSONS.filter(({ kind }) => kind === 'course')} path={path} />
        <LessonList name={words.beside} lessons={LESSONS.filter(({ kind }) => kind === 'beside')} path={path} />
        <p className="contents-name">{words.tools}</p>
        <ul>
          {TOOLS.map(({ tool, label }) => (
            <li key={tool}>
              <a href={toolAddress(tool)} aria-current={path.kind === 'tool' && path.tool === tool ? 'page' : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  );
}

/** Width in CSS pixels from which the contents are next to the page; as in course.css. */
const WIDE = 1000;

interface LessonListProps {
  readonly name: string;
  readonly lessons: readonly Lesson[];
  readonly path: CoursePath;
}

function LessonList({ name, lessons, path }: LessonListProps) {
  const read = useProgress((state) => state.progress.lessons);
  return (
    <>
      <p className="contents-name">{name}</p>
      <ol>
        {lessons.map(({ id, title }) => (
          <li key={id}>
            <a href={lessonAddress(id)} aria-current={path.kind === 'lesson' && path.id === id ? 'page' : undefined}>
              {title}
              {id in read ? (
                <>
                  <span className="contents-read" aria-hidden="true" />
                  <span className="visually-hidden">, {words.read}</span>
                </>
              ) : null}
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}
