import type { MDXContent } from 'mdx/types';

/** A lesson: its place in the course, and its prose, which comes when it is asked for. */
export interface Lesson {
  /** Its address after `#learn/`, and its name in a person's progress. */
  readonly id: string;
  readonly title: string;
  /** What it is about, in a sentence. */
  readonly summary: string;
  /** `course`: one of the row that is read in order; `beside`: a short piece on a neighbouring question. */
  readonly kind: 'course' | 'beside';
  /** Ids of lessons that go well with it. */
  readonly related: readonly string[];
  readonly load: () => Promise<{ readonly default: MDXContent }>;
}

export const LESSONS: readonly Lesson[] = [
  {
    id: 'why-slow',
    title: 'Why decoding is slow',
    summary: 'Token 100 waits for token 99. Your own device shows how much of it is idle during the wait.',
    kind: 'course',
    related: ['measuring', 'choosing'],
    load: () => import('./01-why-slow.mdx'),
  },
  {
    id: 'premise',
    title: 'The intern and the editor',
    summary: 'A small model drafts, a large one checks. The win is a better division of labour.',
    kind: 'course',
    related: ['why-slow', 'lossless'],
    load: () => import('./02-premise.mdx'),
  },
  {
    id: 'one-round',
    title: 'One round by hand',
    summary: 'You judge the drafts of a real round, with its own probabilities and its own draws.',
    kind: 'course',
    related: ['lossless', 'acceptance'],
    load: () => import('./03-one-round.mdx'),
  },
  {
    id: 'lossless',
    title: 'The same output, exactly',
    summary: 'Why the text is the target’s own, what the residual has to do with it, and what “lossless” does not promise.',
    kind: 'course',
    related: ['one-round', 'when-not'],
    load: () => import('./04-lossless.mdx'),
  },
  {
    id: 'acceptance',
    title: 'Acceptance is not speedup',
    summary: 'Three figures that are often confused, and the price that links them.',
    kind: 'course',
    related: ['choosing', 'experiment'],
    load: () => import('./05-acceptance.mdx'),
  },
  {
    id: 'choosing',
    title: 'Choosing the draft and its length',
    summary: 'Not too big, not too small, one family; and as many tokens at a time as your costs allow.',
    kind: 'course',
    related: ['acceptance', 'when-not'],
    load: () => import('./06-choosing.mdx'),
  },
  {
    id: 'when-not',
    title: 'When it does not pay',
    summary: 'Half wrong may be theatre. What it costs, what it cannot do, and what to do instead.',
    kind: 'course',
    related: ['many-requests', 'choosing'],
    load: () => import('./07-when-not.mdx'),
  },
  {
    id: 'in-practice',
    title: 'Where it runs in practice',
    summary: 'A model, a draft model, a switch and a number; and how to compare two endpoints honestly.',
    kind: 'course',
    related: ['measuring', 'many-requests'],
    load: () => import('./08-in-practice.mdx'),
  },
  {
    id: 'experiment',
    title: 'A day’s experiment',
    summary: 'The same prompts both ways, counted and timed, and a worksheet that says what the counts mean.',
    kind: 'course',
    related: ['acceptance', 'measuring'],
    load: () => import('./09-experiment.mdx'),
  },
  {
    id: 'long-context',
    title: 'Long context or retrieval?',
    summary: 'Reading much at once costs time before the first token. Speculation does not help there.',
    kind: 'beside',
    related: ['why-slow', 'measuring'],
    load: () => import('./10-long-context.mdx'),
  },
  {
    id: 'many-requests',
    title: 'Serving many requests',
    summary: 'A batch fills the same idle hardware that speculation fills. Both cannot have it.',
    kind: 'beside',
    related: ['when-not', 'in-practice'],
    load: () => import('./11-many-requests.mdx'),
  },
  {
    id: 'measuring',
    title: 'Measure, do not trust the datasheet',
    summary: 'Peak figures say what a device could do. Your prompts say what it does.',
    kind: 'beside',
    related: ['experiment', 'why-slow'],
    load: () => import('./12-measuring.mdx'),
  },
];

export function lessonOf(id: string): Lesson | null {
  return LESSONS.find((lesson) => lesson.id === id) ?? null;
}

/** The lessons before and after `id` in reading order; null if there is no such lesson. */
export function neighboursOf(id: string): { readonly previous: Lesson | null; readonly next: Lesson | null } {
  const at = LESSONS.findIndex((lesson) => lesson.id === id);
  return { previous: (at > 0 && LESSONS[at - 1]) || null, next: (at !== -1 && LESSONS[at + 1]) || null };
}
