import { type ReactNode, useEffect, useRef } from 'react';
import { Contents } from './Contents';
import './course.css';
import { LessonPage } from './LessonPage';
import { LiveOutput } from './live';
import { Overview } from './Overview';
import { ProgressNotice } from './ProgressNotice';
import { ProgressPage } from './ProgressPage';
import { type CoursePath, type Tool, useCoursePath } from './path';
import { PracticePage } from './practice/PracticePage';
import { QuestionsPage } from './questions/QuestionsPage';
import { QuizPage } from './quiz/QuizPage';
import { TutorPage } from './tutor/TutorPage';
import { useTitle } from './useTitle';
import { WordsPage } from './WordsPage';

interface CourseProps {
  /** What went wrong with the page's runs. */
  readonly notices: ReactNode;
  /** The run on the page, for lessons that run something. */
  readonly output: ReactNode;
}

/** The course: its contents next to the page that the address names. */
export function Course({ notices, output }: CourseProps) {
  const path = useCoursePath();
  const page = useArrival(path);
  useTitle(path);
  return (
    <div className="course">
      <Contents path={path} />
      <div className="course-page" ref={page}>
        <ProgressNotice />
        {notices}
        <LiveOutput value={output}>
          <Page path={path} />
        </LiveOutput>
      </div>
    </div>
  );
}

function Page({ path }: { readonly path: CoursePath }) {
  if (path.kind === 'overview') return <Overview />;
  if (path.kind === 'lesson') return <LessonPage key={path.id} id={path.id} section={path.section} />;
  const Shown = TOOL_PAGES[path.tool];
  return <Shown item={path.item} />;
}

const TOOL_PAGES: Readonly<Record<Tool, (of: { readonly item: string | null }) => ReactNode>> = {
  practice: PracticePage,
  quiz: QuizPage,
  questions: QuestionsPage,
  tutor: TutorPage,
  words: WordsPage,
  progress: ProgressPage,
};

/** Another page of the course begins at its top, with the focus on its heading; the one that the view opens with leaves the focus alone. */
function useArrival(path: CoursePath) {
  const page = useRef<HTMLDivElement>(null);
  const key = path.kind === 'lesson' ? path.id : path.kind === 'tool' ? path.tool : '';
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    const heading = page.current?.querySelector<HTMLElement>('h2');
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [key]);
  return page;
}
