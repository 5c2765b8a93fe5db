import { GLOSSARY } from './glossary';
import { lessonOf } from './index';
import { type Entry, Index, stemsOf } from './search';
import { PASSAGES } from './sources';
import { type Passage, sentencesOf } from './text';

/** Where an answer stands: a passage of a lesson, or the definition of a term. */
export type Ground =
  | { readonly kind: 'passage'; readonly passage: Passage }
  | { readonly kind: 'term'; readonly term: (typeof GLOSSARY)[number] };

export interface Answer {
  /** One sentence or two of the ground's own. */
  readonly text: string;
  readonly ground: Ground;
  /** Further passages on the question, best first. */
  readonly more: readonly Passage[];
}

type Source = Entry & { readonly ground: Ground };

/** Less of a question than this covered by a passage is no answer. */
const LEAST_COVERAGE = 0.5;
const MOST_SENTENCES = 2;
const MOST_FURTHER = 2;

const index = new Index<Source>([
  ...PASSAGES.map((passage) => ({
    heading: `${lessonOf(passage.lesson)?.title ?? ''} ${passage.section ?? ''}`,
    text: passage.text,
    ground: { kind: 'passage', passage } as const,
  })),
  ...GLOSSARY.map((term) => ({
    heading: `${term.name} ${term.forms.join(' ')}`,
    text: term.definition,
    ground: { kind: 'term', term } as const,
  })),
]);

/** Answers from the lessons' text alone; null where they do not answer. */
export function answer(question: string): Answer | null {
  const hits = index.find(question).filter(({ coverage }) => coverage >= LEAST_COVERAGE);
  const [best] = hits;
  if (!best) return null;
  const { ground, text } = best.entry;
  const more = hits.slice(1).flatMap(({ entry }) => (entry.ground.kind === 'passage' ? [entry.ground.passage] : []));
  return { text: briefly(text, question), ground, more: more.slice(0, MOST_FURTHER) };
}

/** The sentences of `text` in a row that share most with `question`. */
function briefly(text: string, question: string): string {
  const wanted = new Set(stemsOf(question));
  const sentences = sentencesOf(text);
  const shared = sentences.map((sentence) => new Set(stemsOf(sentence).filter((stem) => wanted.has(stem))).size);
  let [from, most] = [0, -1];
  for (let at = 0; at < sentences.length; at++) {
    // The first of the row counts most: an answer does not begin in the middle of a thought.
    const sum = 2 * (shared[at] ?? 0) + shared.slice(at + 1, at + MOST_SENTENCES).reduce((total, count) => total + count, 0);
    if (sum > most) [from, most] = [at, sum];
  }
  return sentences.slice(from, from + MOST_SENTENCES).join(' ');
}
