import { type ComponentType, Suspense, useEffect } from 'react';
import { LESSONS, type Lesson, lessonOf, neighboursOf } from '../../lessons';
import { minutesOf } from '../../lessons/sources';
import { setRead, useProgress } from '../../store/course/progress';
import { Button } from '../../ui/Button';
import { later } from '../../ui/later';
import { course as words } from '../../ui/texts/course';
import { COMPONENTS } from './components';
import { lessonAddress } from './path';
import './prose.css';

/** The prose of every lesson, which comes when it is asked for. */
const PROSE: ReadonlyMap<string, ComponentType> = new Map(
  LESSONS.map(({ id, load }) => [
    id,
    later('default', async () => {
      const { default: Content } = await load();
      return { default: () => <Content components={COMPONENTS} /> };
    }),
  ]),
);

interface LessonPageProps {
  readonly id: string;
  readonly section: string | null;
}

export function LessonPage({ id, section }: LessonPageProps) {
  const lesson = lessonOf(id);
  const Prose = PROSE.get(id);
  if (!lesson || !Prose) {
    return (
      <>
        <h2 className="course-title">{words.unknown}</h2>
        <p>
          <a href="#learn">{words.start}</a>
        </p>
      </>
    );
  }
  return (
    <article className="lesson" aria-label={lesson.title}>
      <header>
        <p className="lesson-place">{placeOf(lesson)}</p>
        <h2 className="course-title">{lesson.title}</h2>
        <p className="course-lead">{lesson.summary}</p>
      </header>
      <Suspense fallback={<p className="lesson-waiting">{words.waiting}</p>}>
        <div className="prose">
          <Prose />
          <ScrollTo section={section} />
        </div>
      </Suspense>
      <LessonEnd lesson={lesson} />
    </article>
  );
}

function placeOf({ id, kind }: Lesson): string {
  const course = LESSONS.filter((lesson) => lesson.kind === 'course');
  const place = kind === 'course' ? words.lessonOf(course.findIndex((lesson) => lesson.id === id) + 1, course.length) : words.besidePiece;
  return `${place} · ${words.readingTime(minutesOf(id))}`;
}

/** Brings the section that the address names into sight once the prose is there. */
function ScrollTo({ section }: { readonly section: string | null }) {
  useEffect(() => {
    if (section === null) return;
    const heading = document.getElementById(section);
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  }, [section]);
  return null;
}

/** What comes after a lesson: that it was read, the way on, and its relatives. */
function LessonEnd({ lesson }: { readonly lesson: Lesson }) {
  const read = useProgress((state) => lesson.id in state.progress.lessons);
  const { previous, next } = neighboursOf(lesson.id);
  const related = lesson.related.flatMap((id) => lessonOf(id) ?? []);
  return (
    <footer className="lesson-end">
      <Button look="small" onPress={() => setRead(lesson.id, !read)}>
        {read ? words.markUnread : words.markRead}
      </Button>
      <nav aria-label={`${words.previous}, ${words.next}`}>
        {previous ? <WayOn direction="previous" lesson={previous} /> : <span />}
        {next ? <WayOn direction="next" lesson={next} onFollow={() => setRead(lesson.id, true)} /> : null}
      </nav>
      <p className="lesson-related">
        {words.related}:{' '}
        {related.map(({ id, title }, i) => (
          <span key={id}>
            {i > 0 ? ' · ' : ''}
            <a href={lessonAddress(id)}>{title}</a>
          </span>
        ))}
      </p>
    </footer>
  );
}

interface WayOnProps {
  readonly direction: 'previous' | 'next';
  readonly lesson: Lesson;
  readonly onFollow?: () => void;
}

function WayOn({ direction, lesson, onFollow }: WayOnProps) {
  return (
    <a className={`way ${direction}`} href={lessonAddress(lesson.id)} onClick={onFollow}>
      <span>{words[direction]}</span>
      {lesson.title}
    </a>
  );
}
