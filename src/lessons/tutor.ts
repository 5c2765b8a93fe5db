import { frameOf, likeness } from './frame';
import { GLOSSARY } from './glossary';
import { lessonOf } from './index';
import { COMMON_QUESTIONS, type CommonQuestion, PAGE } from './questions';
import { Index, type Indexable, Rarity } from './search';
import { PASSAGES } from './sources';
import { pointsHere, topicOf } from './subject';
import { type Passage, sentencesOf } from './text';
import { isLight, stemsOf } from './words';

/** Where an answer stands: a common question's answer, a passage of a lesson, or the definition of a term. */
export type Ground =
  | { readonly kind: 'question'; readonly question: CommonQuestion }
  | { readonly kind: 'passage'; readonly passage: Passage }
  | { readonly kind: 'term'; readonly term: (typeof GLOSSARY)[number] };

export interface TutorAnswer {
  readonly kind: 'answer';
  /** What answers: the whole of a short text, or sentences in a row of a long one. */
  readonly text: string;
  readonly ground: Ground;
  /** Further grounds near the question, best first. */
  readonly more: readonly Ground[];
}

/** `near`: no ground surely answers, and these are the nearest. `none`: the question is about something else. */
export type Reply = TutorAnswer | { readonly kind: 'near'; readonly grounds: readonly Ground[] } | { readonly kind: 'none' };

type Source = Indexable & { readonly ground: Ground };

/** From here on the best ground answers, or is near: the share of a question's weight that its words cover, by how sure the topic is. */
const LEAST = {
  own: { answers: 0.45, near: 0.2 },
  named: { answers: 0.55, near: 0.2 },
  shared: { answers: 0.55, near: 0.5 },
  none: { answers: 0.8, near: 0.8 },
} as const;
/** The same for a question of empty words alone, by how alike it is asked. */
const LEAST_BARE = { answers: 0.8, near: 0.5 };
/** By so much the best ground is ahead of the second, or both are only near. */
const LEAST_LEAD = 0.2;
/** Where nothing says what a question is about, it has to be nearly in the words of a common one. */
const LEAST_FIT = 0.8;
/** What is asked in light words alone has to fit a wording so well, or is only near. */
const LEAST_FIT_LIGHT = 0.5;
/** The weight of the phrasing next to the topic. */
const PHRASING = 0.2;
const MOST_SENTENCES = 2;
const MOST_NEAR = 3;

/** Their words are everyday ones, so a question has to point at the page, or be nearly in the words of one. */
const ofPage: ReadonlySet<string> = new Set(PAGE.questions.map(({ id }) => id));
const isOfPage = ({ id }: CommonQuestion) => ofPage.has(id);

/** One wording of a common question, as the index takes it. */
interface Wording extends Indexable {
  readonly question: CommonQuestion;
  readonly frame: ReadonlySet<string>;
  readonly pointsAtPage: boolean;
  readonly isBare: boolean;
}

/** What the tutor answers from. */
export interface Knowledge {
  readonly wordings: readonly Wording[];
  readonly asked: Index<Wording>;
  readonly sources: Index<Source>;
}

function wordingsOf(question: CommonQuestion): Wording[] {
  return [question.ask, ...question.also].map((text) => ({
    ...{ question, heading: '', text, frame: frameOf(text) },
    ...{ pointsAtPage: isOfPage(question) && topicOf(text) !== 'none', isBare: stemsOf(text).length === 0 },
  }));
}

const sourcesOf = (questions: readonly CommonQuestion[]): Source[] => [
  ...questions.map((question) => ({
    heading: [question.ask, ...question.also, question.words].join(' '),
    ...{ text: question.answer, ground: { kind: 'question', question } as const },
  })),
  // What leads over to a live part says little by itself.
  ...PASSAGES.filter(({ text }) => !text.endsWith(':')).map((passage) => ({
    heading: `${lessonOf(passage.lesson)?.title ?? ''} ${passage.section ?? ''}`,
    ...{ text: passage.text, ground: { kind: 'passage', passage } as const },
  })),
  ...GLOSSARY.map((term) => ({
    heading: `${term.name} ${term.forms.join(' ')}`,
    ...{ text: term.definition, ground: { kind: 'term', term } as const },
  })),
];

/** The lessons, the glossary and these common questions. */
export function knowledgeOf(questions: readonly CommonQuestion[]): Knowledge {
  const sources = sourcesOf(questions);
  const rarity = new Rarity(sources.map(({ heading, text }) => `${heading} ${text}`));
  const wordings = questions.flatMap(wordingsOf);
  return { wordings, asked: new Index(wordings, rarity), sources: new Index(sources, rarity) };
}

const KNOWN = knowledgeOf(COMMON_QUESTIONS);

/** What the tutor says to `question`, from the lessons' own text alone. */
export function replyTo(question: string, known = KNOWN): Reply {
  const topic = topicOf(question);
  const stems = stemsOf(question);
  const bare = stems.length === 0;
  const ranked = bare ? rankedByPhrasing(question, known) : rankedFor(question, known);
  const [best] = ranked;
  const grounds = ranked.map(({ ground }) => ground);
  const answerFrom = (ground: Ground): TutorAnswer => ({
    kind: 'answer',
    text: textOf(ground, question),
    ground,
    more: others(grounds, ground),
  });
  const asked = definitionAsked(question) ?? commonlyAsked(question, known);
  if (asked) return answerFrom(asked);
  if (!best) return { kind: 'none' };
  if (topic === 'none' && best.fit < LEAST_FIT) return { kind: 'none' };
  const { answers, near } = bare ? LEAST_BARE : LEAST[topic];
  const leads = best.score - (ranked[1]?.score ?? 0) >= LEAST_LEAD;
  const fits = !stems.every(isLight) || best.fit >= LEAST_FIT_LIGHT;
  if (best.coverage >= answers && leads && fits) return answerFrom(best.ground);
  return best.coverage >= near ? { kind: 'near', grounds: grounds.slice(0, MOST_NEAR) } : { kind: 'none' };
}

interface Ranked {
  readonly ground: Ground;
  readonly score: number;
  readonly coverage: number;
  readonly headed: number;
  /** How well the nearest wording of a common question fits, 0 to 1: the harmonic mean of what each covers of the other. */
  readonly fit: number;
}

/** Grounds by how well they fit `question`: by their whole text, and, a common question, by its nearest wording as well. */
function rankedFor(question: string, { asked, sources }: Knowledge): Ranked[] {
  const fits = new Map<CommonQuestion, number>();
  const pointsNowhere = topicOf(question) === 'none';
  const frame = frameOf(question);
  for (const { entry, coverage, share } of asked.find(question)) {
    // A wording that points at the page ("Is it slow?") is not asked by a question that points at nothing.
    if (pointsNowhere && entry.pointsAtPage) continue;
    const fit = (1 - PHRASING) * ((2 * coverage * share) / (coverage + share)) + PHRASING * likeness(frame, entry.frame);
    fits.set(entry.question, Math.max(fits.get(entry.question) ?? 0, fit));
  }
  const hits = sources.find(question);
  const most = hits[0]?.score ?? 1;
  return hits
    .map(({ entry: { ground }, score, coverage, headed }): Ranked => {
      const fit = ground.kind === 'question' ? (fits.get(ground.question) ?? 0) : 0;
      return { ground, coverage, headed, fit, score: score / most + fit + headed };
    })
    .filter(({ ground, fit }) => ground.kind !== 'question' || !isOfPage(ground.question) || fit >= LEAST_FIT || pointsHere(question))
    .sort((a, b) => b.score - a.score);
}

/** Common questions by how alike they are asked: all there is to go by where only the subject's name, or "it", is left. */
function rankedByPhrasing(question: string, { wordings }: Knowledge): Ranked[] {
  const frame = frameOf(question);
  const fits = new Map<CommonQuestion, number>();
  for (const wording of wordings) {
    const fit = wording.isBare ? likeness(frame, wording.frame) : 0;
    if (fit > (fits.get(wording.question) ?? 0)) fits.set(wording.question, fit);
  }
  return [...fits]
    .map(([nearest, fit]): Ranked => ({ ground: { kind: 'question', question: nearest }, score: fit, coverage: fit, headed: 0, fit }))
    .sort((a, b) => b.score - a.score);
}

function others(grounds: readonly Ground[], taken: Ground): Ground[] {
  const isTaken = (ground: Ground) => ground.kind === taken.kind && sourceOf(ground) === sourceOf(taken);
  return grounds.filter((ground) => !isTaken(ground)).slice(0, MOST_NEAR - 1);
}

function sourceOf(ground: Ground): unknown {
  return ground.kind === 'question' ? ground.question : ground.kind === 'term' ? ground.term : ground.passage;
}

/** The common question of which `question` has just the words of one wording; null if it has not. */
function commonlyAsked(question: string, { wordings }: Knowledge): Ground | null {
  const frame = frameOf(question);
  const found = wordings.find((wording) => likeness(frame, wording.frame) === 1);
  return found ? { kind: 'question', question: found.question } : null;
}

/** The term that a question asks the meaning of, as in "What is a draft model?" or "α"; null if it asks anything else. */
function definitionAsked(question: string): Extract<Ground, { kind: 'term' }> | null {
  const subject =
    /^(?:what(?:['’]s| is| are| does| do)(?: exactly)?|define|explain|meaning of)\s+(?:the (?:role|purpose|job|meaning) of )?(?:an? |the )?(.+?)(?: means?| stands? for| do)?[?.! ]*$/i.exec(
      question.trim(),
    )?.[1] ?? question.trim();
  const wanted = subject.toLowerCase().replace(/[?.!]+$/, '');
  const term = GLOSSARY.find(({ name, forms }) => name.toLowerCase() === wanted || forms.includes(wanted));
  return term ? { kind: 'term', term } : null;
}

function textOf(ground: Ground, question: string): string {
  if (ground.kind === 'question') return ground.question.answer;
  return ground.kind === 'term' ? ground.term.definition : briefly(ground.passage.text, question);
}

/** The sentences of `text` in a row that share most with `question`. A list, a table or code is never cut. */
function briefly(text: string, question: string): string {
  if (text.includes('\n')) return text;
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
