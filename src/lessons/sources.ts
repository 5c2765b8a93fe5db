import { LESSONS } from './index';
import { type Passage, passagesOf, readingMinutes } from './text';

const files = import.meta.glob<string>('./*.mdx', { query: '?raw', import: 'default', eager: true });

/** The MDX source of every lesson, by its id. Files are named NN-id.mdx. */
export const SOURCES: ReadonlyMap<string, string> = new Map(
  Object.entries(files).map(([path, source]) => [path.replace(/^\.\/\d+-|\.mdx$/g, ''), source]),
);

/** All passages of all lessons, in the order of reading. */
export const PASSAGES: readonly Passage[] = LESSONS.flatMap(({ id }) => passagesOf(id, SOURCES.get(id) ?? ''));

export function minutesOf(lesson: string): number {
  return readingMinutes(SOURCES.get(lesson) ?? '');
}
