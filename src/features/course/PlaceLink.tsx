import { lessonOf } from '../../lessons';
import { sectionSlug } from '../../lessons/text';
import { tutor as words } from '../../ui/texts/tutor';
import { lessonAddress } from './path';

/** A link to a lesson, or to a section of it, by its title. */
export function PlaceLink({ lesson, section }: { readonly lesson: string; readonly section: string | null }) {
  return (
    <a href={lessonAddress(lesson, section === null ? null : sectionSlug(section))}>
      {words.place(lessonOf(lesson)?.title ?? lesson, section)}
    </a>
  );
}
