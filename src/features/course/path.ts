import { useSyncExternalStore } from 'react';
import { onAddress, readAddress } from '../../store/page/address';

const TOOLS = ['practice', 'quiz', 'questions', 'tutor', 'words', 'progress'] as const;
export type Tool = (typeof TOOLS)[number];

/** Which page of the course the address names. */
export type CoursePath =
  | { readonly kind: 'overview' }
  /** `item`: what of it is meant, such as one common question. */
  | { readonly kind: 'tool'; readonly tool: Tool; readonly item: string | null }
  | { readonly kind: 'lesson'; readonly id: string; readonly section: string | null };

export function useCoursePath(): CoursePath {
  const hash = useSyncExternalStore(onAddress, () => location.hash);
  return readPath(hash);
}

/** Of "#learn/NAME", "#learn/LESSON/SECTION" or "#learn/TOOL/ITEM". */
export function readPath(hash: string): CoursePath {
  const [, name = '', section = null] = readAddress(hash).place.split('/');
  if (name === '') return { kind: 'overview' };
  const tool = TOOLS.find((each) => each === name);
  return tool ? { kind: 'tool', tool, item: section } : { kind: 'lesson', id: name, section };
}

export function lessonAddress(id: string, section: string | null = null): string {
  return section === null ? `#learn/${id}` : `#learn/${id}/${section}`;
}

export function toolAddress(tool: Tool): string {
  return `#learn/${tool}`;
}

export function termAddress(id: string): string {
  return `#learn/words/${id}`;
}

export function questionAddress(id: string): string {
  return `#learn/questions/${id}`;
}
