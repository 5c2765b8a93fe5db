import { create } from 'zustand';
import { type Reply, replyTo } from '../../lessons/tutor';

export interface Exchange {
  /** Counts from 1. */
  readonly number: number;
  readonly question: string;
  readonly reply: Reply;
}

export interface TutorState {
  /** The latest first. */
  readonly exchanges: readonly Exchange[];
}

/** What was asked and answered since the page was opened. */
export const useTutor = create<TutorState>()(() => ({ exchanges: [] }));

/** Answers `question` from the lessons; nothing is asked by blanks alone. */
export function askTutor(question: string): void {
  const asked = question.trim();
  if (asked === '') return;
  useTutor.setState(({ exchanges }) => ({
    exchanges: [{ number: exchanges.length + 1, question: asked, reply: replyTo(asked) }, ...exchanges],
  }));
}
