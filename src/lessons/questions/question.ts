/** A figure of this device, or of the learner's own last runs, that belongs to an answer. */
export type MeasuredFigure =
  | 'pays'
  | 'break-even'
  | 'verification'
  | 'draft-step'
  | 'draft-length'
  | 'acceptance'
  | 'cost-per-token'
  | 'memory'
  | 'speed'
  | 'first-token'
  | 'same-output';

/** A question that people ask, in their own words, and its answer. */
export interface CommonQuestion {
  /** Its address after `#learn/questions/`. */
  readonly id: string;
  readonly ask: string;
  /** The same in other words; the tutor knows the question by all of them. */
  readonly also: readonly string[];
  /** Further words that such questions are asked with. */
  readonly words: string;
  /** Whole by itself: a few sentences, the first of which answers. */
  readonly answer: string;
  /** Where there is more: a lesson, null if the answer is all, and a section of it, null for what stands before its first heading. */
  readonly lesson: string | null;
  readonly section: string | null;
  readonly figure?: MeasuredFigure;
}

export interface QuestionGroup {
  readonly title: string;
  readonly questions: readonly CommonQuestion[];
}
