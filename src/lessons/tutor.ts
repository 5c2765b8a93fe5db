import { COMMON_QUESTIONS } from './commonQuestions';
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
const LEAST_COVERAGE = 0.6;
/** A common question is this one if it covers so much of it. */
const LEAST_COMMON = 0.75;
const MOST_SENTENCES = 2;
const MOST_FURTHER = 2;

const index = new Index<Source>([
  // What leads over to a live part says little by itself.
  ...PASSAGES.filter(({ text }) => !text.endsWith(':')).map((passage) => ({
    heading: `${lessonOf(passage.lesson)?.title ?? ''} ${passage.section ?? ''}`,
    ...{ text: passage.text, ground: { kind: 'passage', passage } as const },
  })),
  ...GLOSSARY.map((term) => ({
    heading: `${term.name} ${term.forms.join(' ')}`,
    text: term.definition,
    ground: { kind: 'term', term } as const,
  })),
]);

const asked = new Index<Source & { readonly from: string }>(
  COMMON_QUESTIONS.map(({ ask, lesson, section, from = '' }) => {
    const passage = PASSAGES.find((each) => each.lesson === lesson && each.section === section && each.text.includes(from));
    if (!passage) throw new Error(`no passage of ${lesson} answers "${ask}"`);
    return { heading: '', text: ask, from, ground: { kind: 'passage', passage } };
  }),
);

/** Answers from the lessons' text alone; null where they do not answer. */
export function answer(question: string): Answer | null {
  const hits = index.find(question).filter(({ coverage }) => coverage >= LEAST_COVERAGE);
  const [common] = asked.find(question).filter(({ coverage }) => coverage >= LEAST_COMMON);
  const ground = definitionAsked(question) ?? common?.entry.ground ?? hits[0]?.entry.ground;
  if (!ground) return null;
  const more = hits.flatMap(({ entry }) => (entry.ground.kind === 'passage' && entry.ground !== ground ? [entry.ground.passage] : []));
  return {
    text: textOf(ground, question, ground === common?.entry.ground ? common.entry.from : null),
    ground,
    more: more.filter((passage) => ground.kind === 'term' || passage !== ground.passage).slice(0, MOST_FURTHER),
  };
}

/** The term that a question asks the meaning of, as in "What is a draft model?" or "α"; null where it asks anything else. */
function definitionAsked(question: string): Ground | null {
  const subject =
    /^(?:what(?:['’]s| is| are| does)|define|explain|meaning of)\s+(?:an? |the )?(.+?)(?: mean)?[?.! ]*$/i.exec(question.trim())?.[1] ??
    question.trim();
  const wanted = subject.toLowerCase().replace(/[?.!]+$/, '');
  const term = GLOSSARY.find(({ name, forms }) => name.toLowerCase() === wanted || forms.includes(wanted));
  return term ? { kind: 'term', term } : null;
}

/** @param from how the answering sentence begins, where that is known */
function textOf(ground: Ground, question: string, from: string | null): string {
  if (ground.kind === 'term') return ground.term.definition;
  const { text } = ground.passage;
  if (from === null) return briefly(text, question);
  return sentencesOf(text.slice(text.indexOf(from)))
    .slice(0, MOST_SENTENCES)
    .join(' ');
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
