import { useEffect } from 'react';
import { lessonOf } from '../../lessons';
import { page, views } from '../../ui/texts';
import { course } from '../../ui/texts/course';
import { frame } from '../../ui/texts/frame';
import type { CoursePath } from './path';

/** Names the window by the page of the course that it shows. */
export function useTitle(path: CoursePath): void {
  const shown = path.kind === 'lesson' ? lessonOf(path.id)?.title : path.kind === 'tool' ? course[path.tool] : undefined;
  useEffect(() => {
    document.title = frame.title(shown ?? views.learn, page.name);
  }, [shown]);
}
